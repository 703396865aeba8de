"""Updates of the local Bot API: polled by one bot at a time, confirmed by offsets, or posted to a webhook."""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from telegram import Bot
from telegram.error import Conflict

from tests.telegram.bot_api import BotApi, Chat
from tests.telegram.bot_api.fields import Json
from tests.telegram.bot_api.library import ask
from tests.telegram.test_bot_api import ANN

SECRET = "a-secret_1"


@pytest.fixture
def chat(server: BotApi) -> Chat:
    return server.private_chat(ANN)


def texts(server: BotApi, **more: Any) -> list[str]:
    """Return what one poll brings."""

    async def poll(bot: Bot) -> list[str]:
        updates = await bot.get_updates(**more)
        return [update.message.text or "" for update in updates if update.message]

    return ask(server, poll)


def test_it_works(server: BotApi, chat: Chat) -> None:
    """Updates come again until an offset confirms them, as many as were asked for."""
    first, second, _ = [chat.says(text).update["update_id"] for text in ("one", "two", "three")]
    assert texts(server) == texts(server) == ["one", "two", "three"]
    assert texts(server, limit=2) == ["one", "two"]
    assert texts(server, offset=second) == texts(server) == ["two", "three"]
    assert texts(server, offset=-1) == texts(server, offset=first) == ["three"]
    assert texts(server, offset=second + 2) == texts(server) == []


def test_long_poll(server: BotApi, chat: Chat) -> None:
    """A poll waits for an update, and no longer."""

    async def talk(bot: Bot) -> int:
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        await asyncio.to_thread(server.wait_for, lambda: server.requests_of("getUpdates"))
        assert not poll.done()
        said = await asyncio.to_thread(chat.says, "hi")
        (update,) = await poll
        return update.update_id - int(said.update["update_id"])

    assert ask(server, talk) == 0


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lambda bot: bot.get_updates(), "terminated by other getUpdates request; make sure that only one bot instance"),
        (lambda bot: bot.set_webhook("http://127.0.0.1:9/"), "terminated by setWebhook request"),
    ],
)
def test_conflict(server: BotApi, other: Callable[[Bot], Coroutine[Any, Any, Any]], words: str) -> None:
    """The earlier of two polls ends, and so does one when a webhook is set."""

    async def talk(bot: Bot) -> None:
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        await asyncio.to_thread(server.wait_for, lambda: server.requests_of("getUpdates"))
        await other(bot)
        with pytest.raises(Conflict, match=words):
            await poll

    ask(server, talk)


def test_allowed_updates(server: BotApi, chat: Chat) -> None:
    """Kinds that were not asked for are not kept, which is remembered; an empty list means the usual ones."""
    texts(server, allowed_updates=["callback_query"])
    chat.says("lost")
    assert texts(server, allowed_updates=[]) == []
    chat.says("kept")
    assert texts(server) == ["kept"]


def test_redelivery(server: BotApi, chat: Chat) -> None:
    """A confirmed update comes once more, until it is confirmed again."""
    said = chat.says("again")
    after = said.update["update_id"] + 1
    assert texts(server, offset=after) == []
    server.redeliver(said.update)
    assert texts(server, offset=after) == ["again"]
    assert texts(server, offset=after) == []


def test_out_of_order(server: BotApi, chat: Chat) -> None:
    with server.updates_held() as held:
        chat.says("one")
        chat.says("two")
        assert texts(server) == []
        held.reverse()
    assert texts(server) == ["two", "one"]


@contextmanager
def receiver(statuses: list[int]) -> Iterator[tuple[str, list[tuple[str | None, Json]]]]:
    """Take what is posted: say each status once, then 200. Yields the address, and the secrets and updates."""
    came: list[tuple[str | None, Json]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((self.headers["X-Telegram-Bot-Api-Secret-Token"], json.loads(body)))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}/hook?a=b", came
        http.shutdown()


def test_webhook(server: BotApi, chat: Chat) -> None:
    """Updates are posted in order, with the secret, each until it is taken; polling is refused meanwhile."""
    first = chat.says("before")

    async def talk(bot: Bot) -> str | None:
        assert await bot.set_webhook(address, secret_token=SECRET, max_connections=1, allowed_updates=["message"])
        with pytest.raises(Conflict, match="use deleteWebhook to delete the webhook first"):
            await bot.get_updates()
        await asyncio.to_thread(server.wait_for, lambda: len(came) == 2)
        return (await bot.get_webhook_info()).url

    with receiver([500]) as (address, came):
        assert ask(server, talk) == address
        second = chat.says("after")
        server.wait_for(lambda: not server.account.updates.pending)
    assert came == [(SECRET, first.update), (SECRET, first.update), (SECRET, second.update)]


def test_webhook_that_nobody_answers(server: BotApi, chat: Chat) -> None:
    """What went wrong is told; a deleted webhook leaves the updates to polling, unless they are dropped."""
    with receiver([]) as (address, _):
        pass
    ask(server, lambda bot: bot.set_webhook(address))
    chat.says("wait")
    server.wait_for(lambda: server.account.postman.webhook.error)
    told = ask(server, lambda bot: bot.get_webhook_info())
    assert told.pending_update_count == 1 and told.last_error_message
    ask(server, lambda bot: bot.delete_webhook())
    assert texts(server) == ["wait"]
    ask(server, lambda bot: bot.delete_webhook(drop_pending_updates=True))
    assert texts(server) == []
