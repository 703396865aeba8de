"""A whole site with its bot, which talks to a Telegram of our own."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end import tiny
from tests.end_to_end.test_learning import ask, manage
from tests.running_site import Site, address_of, processes_of, start, stop, wait_until_ready
from tests.telegram.bot_api.server import BotApi

PORT = 9025


@dataclass(frozen=True, slots=True)
class BotSite(Site):
    """A running site, and the Telegram that its bot talks to."""

    api: BotApi

    def is_settled(self) -> bool:
        """Whether nothing waits to be handled, answered or sent."""
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


@pytest.fixture(scope="package")
def bot_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotSite]:
    """Run a site that knows three things, with its bot."""
    home = tmp_path_factory.mktemp("home") / "of a bot"
    manage(home, "import_posts", tiny.write(tmp_path_factory.mktemp("sets") / "tiny"))
    manage(home, "train", "als", "w2v")
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
    """A photo of a cat that the corpus does not have."""
    tiny.crop("chelsea.png", 4).resize((500, 330)).save(tmp_path / "new.jpg")
    return (tmp_path / "new.jpg").read_bytes()
