"""The address that Telegram tells updates to."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from predictor import queue
from predictor.models import TelegramChat, TelegramUpdate
from predictor.telegram import inbox, webhook

pytestmark = pytest.mark.django_db
ADDRESS = "/telegram/webhook/"


@pytest.fixture(autouse=True)
def token(settings: Settings) -> None:
    settings.TELEGRAM_TOKEN = "1:abc"
    settings.TELEGRAM_SECRET = "open-sesame_1"


@pytest.fixture(autouse=True)
def announced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    found: list[int] = []
    monkeypatch.setattr(queue, "announce_update", found.append)
    return found


def update(number: Any = 7, chat: Any = 42) -> dict[str, Any]:
    return {"update_id": number, "message": {"message_id": 1, "date": 0, "chat": {"id": chat, "type": "private"}}}


def deliver(payload: Any, secret: str = "open-sesame_1") -> int:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret.encode().decode("latin-1")}
    return Client().post(ADDRESS, body, content_type="application/json", headers=headers).status_code


def test_it_works(announced: list[int]) -> None:
    assert deliver(update()) == 200
    row = TelegramUpdate.objects.get()
    assert (row.update_id, row.state, row.payload) == (7, "waiting", update())
    assert announced == [7]
    assert row.chat is not None and row.chat.key == inbox.key_of(42)


def test_it_is_stored_once() -> None:
    assert [deliver(update()), deliver(update()), deliver(update(8))] == [200, 200, 200]
    assert TelegramUpdate.objects.count() == 2
    assert TelegramChat.objects.get().key == inbox.key_of(42)


def test_a_handled_update_that_comes_again_is_not_handled_again() -> None:
    deliver(update())
    inbox.close(TelegramUpdate.objects.get())
    assert deliver(update()) == 200
    assert TelegramUpdate.objects.get().state == "done"


@pytest.mark.parametrize("secret", ["", "open-sesame", "open-sesame_1 ", "ÿ"])
def test_only_telegram_is_heard(secret: str) -> None:
    assert deliver(update(), secret) == 403
    assert not TelegramUpdate.objects.exists()


def test_without_a_setting_the_secret_is_one_that_nobody_can_guess(settings: Settings) -> None:
    settings.TELEGRAM_SECRET = ""
    assert len(webhook.secret()) == 40
    assert deliver(update(), webhook.secret()) == 200
    settings.TELEGRAM_TOKEN = "1:other"
    assert deliver(update(), "") == 403


@pytest.mark.parametrize(
    "payload",
    [
        b"no json", b"[1]", b"\xff", b"[" * 100_000, {}, update("7"), {"message": update()["message"]},
        {"update_id": 1, "message": {"chat": None}}, {"update_id": 1, "message": 5}, update(chat="42"), update(True),
        {"update_id": 1, "callback_query": {"message": {"chat": {}}}}, update(10**30), update(chat=10**30),
    ],
)  # fmt: skip
def test_what_is_no_update_is_refused(payload: Any) -> None:
    assert deliver(payload) == 400
    assert not TelegramUpdate.objects.exists()


def test_what_no_chat_said_is_passed_over() -> None:
    assert deliver({"update_id": 1, "poll": {"id": "1"}}) == 200
    assert not TelegramUpdate.objects.exists()


def test_a_chat_that_floods_is_not_served_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MOST_WAITING", 3)
    assert {deliver(update(number)) for number in range(5)} == {200}
    assert deliver(update(9, chat=43)) == 200
    assert TelegramUpdate.objects.count() == 4


def test_without_a_token_there_is_no_such_address(settings: Settings) -> None:
    settings.TELEGRAM_TOKEN = ""
    assert deliver(update()) == 404


def test_only_posts_are_taken() -> None:
    assert Client().get(ADDRESS).status_code == 405
