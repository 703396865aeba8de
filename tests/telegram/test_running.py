"""The commands that run the bot, and both ways in which updates reach it."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.end_to_end.test_learning import manage
from tests.end_to_end.waiting import wait_for
from tests.telegram.bot_api import BotApi
from tests.telegram.conftest import BotSite

pytestmark = pytest.mark.slow


@pytest.fixture
def set_up(bot_site: BotSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAG4PIC_TELEGRAM_TOKEN", bot_site.api.token)
    monkeypatch.setenv("TAG4PIC_TELEGRAM_API", bot_site.api.url)


@pytest.fixture
def webhook(bot_site: BotSite, set_up: None) -> Iterator[None]:
    """Let updates come by a webhook."""
    said = manage(bot_site.home, "set_webhook", bot_site.url)
    assert f"Telegram tells updates to {bot_site.url}telegram/webhook/" in said
    restart(bot_site)
    yield
    assert "until the bot asks" in manage(bot_site.home, "delete_webhook")
    restart(bot_site)


def restart(site: BotSite) -> None:
    """Kill the bot, and wait until another one has introduced itself."""
    log = site.home / "logs" / "bot.log"
    before = log.read_text().count("is here")
    site.kill_the_bot()
    wait_for(lambda: log.read_text().count("is here") > before)


def run_bot(home: Path, **environment: str) -> str:
    """Run a bot that ends by itself, with a failure, and return what it says."""
    own = {"TAG4PIC_HOME": str(home), **environment}
    command = [sys.executable, "manage.py", "run_bot"]
    done = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    return done.stderr


def test_it_works_by_webhook(bot_site: BotSite, webhook: None, photo: bytes) -> None:
    chat = bot_site.api.private_chat(random.randrange(10**6, 10**9))
    polled = len(bot_site.api.requests_of("getUpdates"))
    sent = chat.sends_photo(photo + random.randbytes(8))
    wait_for(lambda: len(chat.messages) == 1)
    bot_site.api.redeliver(sent.update)
    later = chat.sends_photo(photo + random.randbytes(8))
    wait_for(lambda: len(chat.messages) >= 2 and bot_site.is_settled())
    assert [message.reply_to for message in chat.messages] == [sent.id, later.id]
    assert len(bot_site.api.requests_of("getUpdates")) == polled


def test_a_second_bot_is_refused(bot_site: BotSite, set_up: None) -> None:
    assert "The bot of this home runs already." in run_bot(bot_site.home)


def test_without_a_token_it_is_off(tmp_path: Path) -> None:
    assert "no token is set" in run_bot(tmp_path, TAG4PIC_TELEGRAM_TOKEN="")


def test_a_token_that_telegram_does_not_know(tmp_path: Path) -> None:
    with BotApi() as api:
        said = run_bot(tmp_path, TAG4PIC_TELEGRAM_TOKEN="1:wrong-token", TAG4PIC_TELEGRAM_API=api.url)
    assert "Telegram does not know this token." in said
    assert "wrong-token" not in said
