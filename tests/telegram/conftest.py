"""A whole site with its bot, which talks to a Telegram of our own."""

import io
import itertools
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.end_to_end import tiny
from tests.end_to_end.test_learning import ask
from tests.end_to_end.waiting import wait_for
from tests.running_site import Site, address_of, processes_of, start, stop, wait_until_ready
from tests.telegram.bot_api.server import BotApi
from tests.telegram.people import Person

PORT = 9025
TOO_MANY = 429
numbers = itertools.count(7_000_000_001)  # of people whom nobody has met yet


@dataclass(frozen=True, slots=True)
class BotSite(Site):
    """A running site, and the Telegram that its bot talks to."""

    api: BotApi

    def is_settled(self) -> bool:
        """Whether nothing waits to be fetched, handled, answered or sent."""
        if self.api.account.updates.pending:
            return False
        tables = ("telegramupdate", "telegramphoto", "telegrammessage")
        counts = (f"SELECT count(*) FROM predictor_{table} WHERE state = 'waiting'" for table in tables)
        return not any(self.ask(count)[0] for count in counts)

    def kill_the_bot(self) -> None:
        """Kill the bot's process; the supervisor starts another."""
        for pid in self.pids("run_bot"):
            os.kill(pid, signal.SIGKILL)

    def ask(self, query: str, *values: object) -> Any:
        """Return the first row of an answer of the site's database."""
        return ask(self.home, query, *values)

    def stranger(self, language: str | None = "en") -> Person:
        """Return somebody who has not written to the bot before."""
        return Person(self.api, self.api.private_chat(next(numbers), language), self.is_settled)

    def rows(self) -> list[str]:
        """Return everything that the database holds, once the bot has nothing to do: a statement for each row."""
        wait_for(self.is_settled)
        with closing(sqlite3.connect(self.home / "tag4pic.sqlite3", timeout=20)) as database:
            return [line for line in database.iterdump() if line.startswith("INSERT INTO")]


@pytest.fixture
def server() -> Iterator[BotApi]:
    """A Telegram without limits of pace."""
    with BotApi(limits=None) as server:
        yield server


@pytest.fixture(scope="package")
def bot_site(tmp_path_factory: pytest.TempPathFactory, trained_home: Callable[[Path], Path]) -> Iterator[BotSite]:
    """Run a site that knows three things, with its bot."""
    home = trained_home(tmp_path_factory.mktemp("home") / "of a bot")
    with BotApi() as api:
        learning = {f"TAG4PIC_LEARN_{name}": value for name, value in {"WAIT": "0", "AFTER": "1", "PAUSE": "0"}.items()}
        process = start(home, PORT, TAG4PIC_TELEGRAM_TOKEN=api.token, TAG4PIC_TELEGRAM_API=api.url, **learning)
        try:
            yield BotSite(address_of(wait_until_ready(process)), home, api)
        finally:
            stop(process)
    assert processes_of(home) == {}


@pytest.fixture
def photo(tmp_path: Path) -> bytes:
    return tiny.new_photo(tmp_path).read_bytes()


@pytest.fixture(scope="module")
def site(bot_site: BotSite) -> Iterator[BotSite]:
    """The same site; during a module's tests its bot must not fail, be too fast, or leave a press unanswered."""
    log, api = bot_site.home / "logs" / "bot.log", bot_site.api
    size, asked, pressed = log.stat().st_size, len(api.requests), set(api.account.presses)
    yield bot_site
    written, requests = log.read_bytes()[size:].decode(), api.requests[asked:]
    assert "Traceback" not in written and api.token not in written
    assert TOO_MANY not in [request.status for request in requests]
    answered = [each.fields["callback_query_id"] for each in requests if each.method == "answerCallbackQuery"]
    assert sorted(answered) == sorted(set(api.account.presses) - pressed), "each press is answered once"


@pytest.fixture
def ann(site: BotSite) -> Person:
    return site.stranger()


def as_jpeg(picture: Image.Image) -> bytes:
    """Return the file of a picture."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()
