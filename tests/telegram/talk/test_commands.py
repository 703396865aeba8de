"""The bot's commands."""

from collections.abc import Iterator

import pytest
from django.utils import translation
from pytest_django import Settings

from predictor.models import Contribution, ModelVersion, MutedTag, TelegramChat, TelegramPhoto, Upload
from predictor.telegram import commands
from tests.telegram.talk.conftest import MakePhoto
from tests.telegram.talk.typed import data, labels, message, said


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_it_works(chat: TelegramChat) -> None:
    start = said(message(command="start"), chat).text
    assert "/help" in start and "/model" in start


def test_help(chat: TelegramChat, settings: Settings) -> None:
    settings.UPLOAD_DAYS = 1
    text = said(message(command="help"), chat).text
    assert all(f"/{name}:" in text for name in commands.DESCRIPTIONS)
    assert "after 1 day." in text and "keyed hash" in text and "groups" in text and "…" not in text


def test_every_command_but_start_is_described() -> None:
    assert {*commands.DESCRIPTIONS, "start"} == set(commands.COMMANDS)


def test_model(chat: TelegramChat) -> None:
    reply = said(message(command="model"), chat)
    assert labels(reply.keyboard) == ["ALS + DNN", "ResNet + Word2Vec", "✓ Both, side by side", "Both together"]
    assert "Both, side by side" in reply.text


def test_which(chat: TelegramChat, versions: dict[str, ModelVersion]) -> None:
    text = said(message(command="which"), chat).text
    assert "Both, side by side" in text
    assert all(f"{version.label}: version {version}," in text for version in versions.values())


def test_which_without_versions(chat: TelegramChat) -> None:
    assert "No trained version" in said(message(command="which"), chat).text


def test_five(make_photo: MakePhoto, chat: TelegramChat) -> None:
    first, last = make_photo(), make_photo(dropped=["sea"])
    reply = said(message(command="five"), chat)
    assert reply.reply_to == last.message_id and "<pre>#s" in reply.text and "#sea" not in reply.text
    assert said(message(command="five", to=first.message_id), chat).reply_to == first.message_id


def test_five_leaves_out_what_is_muted(photo: TelegramPhoto, chat: TelegramChat) -> None:
    MutedTag.objects.create(owner_token=chat.key, tag="sun")
    assert "#sun" not in said(message(command="five"), chat).text


def test_five_of_no_photo(chat: TelegramChat, make_photo: MakePhoto, other_chat: TelegramChat) -> None:
    make_photo(other_chat)
    assert "send a photo first" in said(message(command="five"), chat).text
    assert "do not know that photo" in said(message(command="five", to=1), chat).text


@pytest.mark.parametrize(("state", "words"), [("new", "no answer yet"), ("failed", "send another photo")])
def test_five_of_a_photo_without_an_answer(state: str, words: str, photo: TelegramPhoto, chat: TelegramChat) -> None:
    Upload.objects.update(state=state)
    assert words in said(message(command="five"), chat).text


def test_add_to_the_last_photo(make_photo: MakePhoto, chat: TelegramChat) -> None:
    make_photo()
    last = make_photo()
    reply = said(message("sea, Dune", command="add"), chat)
    assert "Your last photo" in reply.text and reply.reply_to == last.message_id
    row = Contribution.objects.get()
    assert (row.upload, row.tags) == (last.upload, ["sea", "dune"])


def test_add_to_a_photo(make_photo: MakePhoto, chat: TelegramChat) -> None:
    first, _ = make_photo(), make_photo()
    reply = said(message("the #sea", command="add", to=first.answer_id), chat)
    assert "last photo" not in reply.text
    row = Contribution.objects.get()
    assert (row.upload, row.tags) == (first.upload, ["sea"])


def test_add_twice(photo: TelegramPhoto, chat: TelegramChat) -> None:
    said(message("#sea", command="add"), chat)
    reply = said(message("#sun", command="add"), chat)
    assert "said already" in reply.text
    assert data(reply.keyboard, "Take it back") == f"withdraw:{Contribution.objects.get().pk}"


def test_add_without_hashtags_asks_for_them(photo: TelegramPhoto, chat: TelegramChat) -> None:
    reply = said(message(command="add"), chat)
    assert reply.asks and reply.photo == photo and reply.keyboard == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [("#" + "x" * 101, "at most 100 characters"), (" ".join(f"#t{n}" for n in range(31)), "at most 30")],
)
def test_add_what_is_not_taken(text: str, words: str, photo: TelegramPhoto, chat: TelegramChat) -> None:
    reply = said(message(text, command="add"), chat)
    assert words in reply.text and reply.keyboard == ()


def test_add_to_a_photo_that_waits_or_is_gone(make_photo: MakePhoto, chat: TelegramChat) -> None:
    gone = make_photo(upload=None)
    make_photo()
    Upload.objects.update(state=Upload.State.NEW)
    assert "no answer yet" in said(message("#sea", command="add"), chat).text
    assert "do not keep" in said(message("#sea", command="add", to=gone.message_id), chat).text
    assert not Contribution.objects.exists()


def test_add_too_often(photo: TelegramPhoto, chat: TelegramChat, settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 1
    said(message("#" + "x" * 101, command="add"), chat)
    assert "in a minute" in said(message("#sea", command="add"), chat).text


def test_history(make_photo: MakePhoto, chat: TelegramChat, other_chat: TelegramChat) -> None:
    first = make_photo()
    make_photo(other_chat)
    last = make_photo(dropped=["sea"])
    make_photo(upload=last.upload)
    reply = said(message(command="history"), chat)
    assert labels(reply.keyboard) == ["1", "2"]
    assert data(reply.keyboard, "2") == f"show:{first.pk}"
    newest, oldest, _ = reply.text.splitlines()
    assert newest.startswith("1. ") and oldest.startswith("2. ") and "#sea" in oldest


def test_history_shows_what_took_the_place_of_a_dropped_hashtag(photo: TelegramPhoto, chat: TelegramChat) -> None:
    photo.dropped = ["sea"]
    photo.save()
    five = said(message(command="five"), chat).text.partition("<pre>")[2].removesuffix("</pre>")
    assert f"UTC: {five}\n" in said(message(command="history"), chat).text and "#sea" not in five


def test_history_of_nothing(chat: TelegramChat) -> None:
    assert said(message(command="history"), chat).keyboard == ()


def test_forget_asks_first(photo: TelegramPhoto, chat: TelegramChat) -> None:
    reply = said(message(command="forget"), chat)
    assert data(reply.keyboard, "Delete everything") == "forget:yes" and data(reply.keyboard, "Keep it") == "forget:no"
    assert TelegramPhoto.objects.exists()


def test_lang(chat: TelegramChat) -> None:
    assert labels(said(message(command="lang"), chat).keyboard) == ["English", "Русский", "✓ As Telegram says"]


def test_an_unknown_command(chat: TelegramChat) -> None:
    assert said(message(command="dance"), chat).text.startswith("I do not know /dance.")
