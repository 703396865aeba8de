"""Buttons of the bot that are old, somebody else's, or made up: a line says so, and nothing else happens."""

import uuid

import pytest

from tests.telegram.bot_api.chats import Message
from tests.telegram.conftest import BotSite
from tests.telegram.people import Person

pytestmark = pytest.mark.slow
OLD, GONE = "This button does nothing any more.", "I do not keep this photo any more. Please send it again."
NO_CONTRIBUTION = "This contribution is not there any more."


@pytest.fixture
def bob(site: BotSite) -> Person:
    """Somebody else."""
    return site.stranger()


def refused(person: Person, message: Message, data: str) -> str:
    """Press a button that the bot has not made, as a program that plays a person can; return what is said there.

    Nothing else may happen.
    """
    message.json = {**message.json, "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": data}]]}}
    before = message.json
    said = person.presses(message, data)
    person.hears_nothing_more()
    assert message.json == before
    return said


def data_of(message: Message) -> list[str]:
    return [button["callback_data"] for row in message.keyboard for button in row]


def test_it_works(ann: Person, bob: Person, photo: bytes) -> None:
    """Buttons of another chat do nothing, whatever they would do."""
    theirs, mine = bob.sends_photo(photo, caption="#kitten"), ann.sends_photo(photo)
    question = bob.hears()
    before = theirs.json
    assert {refused(ann, mine, data) for data in data_of(theirs) + data_of(question)} == {GONE}
    bob.changes(question, "Yes")
    assert {refused(ann, mine, data) for data in data_of(question)} == {NO_CONTRIBUTION}
    assert theirs.json == before and question.labels == ["How does it stand?", "Take it back"]


@pytest.mark.parametrize(
    "data",
    ["x", "answer:", "answer:-1", "answer:1 ", "answer:١", "model:1:gpt", "drop:1:sea", "forget:maybe", "lang:de"]
    + ["default:", "show:" + "9" * 58, "state:1", "withdraw:" + "g" * 36, "ответ:1", "choose:1\n", "why:1;why:2"],
)
def test_broken_data(ann: Person, data: str) -> None:
    assert refused(ann, ann.says("/help"), data) == OLD


@pytest.mark.parametrize("data", ["answer:999999999999999999", "offer:0:yes", "give:1", "drop:1:0123456789ab"])
def test_photos_that_are_not_there(ann: Person, data: str) -> None:
    assert refused(ann, ann.says("/help"), data) == GONE


@pytest.mark.parametrize("data", [f"state:{uuid.UUID(int=0)}", f"withdraw:{uuid.UUID(int=2**128 - 1)}"])
def test_contributions_that_are_not_there(ann: Person, data: str) -> None:
    assert refused(ann, ann.says("/help"), data) == NO_CONTRIBUTION


def test_a_hashtag_that_is_not_part_of_the_answer(ann: Person, photo: bytes) -> None:
    message = ann.sends_photo(photo)
    choose = next(data for data in data_of(message) if data.startswith("choose:"))
    said = refused(ann, message, f"{choose.replace('choose', 'drop')}:0123456789ab")
    assert said == "This hashtag is not part of the answer any more."


def test_twice_at_once(ann: Person, photo: bytes) -> None:
    message = ann.sends_photo(photo)
    presses = [ann.chat.presses(message, "ALS + DNN") for _ in range(3)]
    ann.wait_for(lambda: all(press.answer is not None for press in presses))
    ann.sees(message, "ALS + DNN\n#")
    ann.hears_nothing_more()


def test_under_a_message_that_is_too_old_for_telegram(ann: Person, photo: bytes) -> None:
    message = ann.sends_photo(photo)
    shown = message.json
    message.json = {key: shown[key] for key in ("message_id", "chat", "reply_markup")} | {"date": 0}
    press = ann.chat.presses(message, "ALS + DNN")
    message.json = shown
    ann.wait_for(lambda: press.answer is not None and "Word2Vec" not in message.text)


def test_under_a_message_that_was_deleted(ann: Person, photo: bytes) -> None:
    message = ann.sends_photo(photo)
    press = ann.chat.presses(message, "ALS + DNN")
    ann.chat.deletes(message)
    ann.wait_for(lambda: press.answer is not None)
    ann.hears_nothing_more()
