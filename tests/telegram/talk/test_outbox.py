"""Replies become rows, and what Telegram does not take is sent anew or given up."""

from predictor.models import TelegramChat, TelegramMessage, TelegramPhoto
from predictor.telegram import outbox
from predictor.telegram.outbox import MOST_ALIKE
from predictor.telegram.replies import Button, Edit, Say


def waiting() -> list[TelegramMessage]:
    return list(TelegramMessage.objects.filter(state=TelegramMessage.State.WAITING).order_by("pk"))


def test_it_works(chat: TelegramChat, photo: TelegramPhoto) -> None:
    outbox.write(chat, 7, [Say("#sea", ((Button("Why?", "why:1"),),), 100, photo=photo, is_answer=True), Edit(5, "x")])
    said, edited = waiting()
    assert (said.chat, said.number, said.photo, said.is_answer) == (chat, 7, photo, True)
    buttons = [[{"text": "Why?", "callback_data": "why:1"}]]
    assert said.call == {"text": "#sea", "keyboard": buttons, "reply_to": 100, "asks": False}
    assert edited.call == {"text": "x", "keyboard": [], "edit": 5} and edited.photo is None


def test_a_flood_of_the_same_is_not_said_without_end(chat: TelegramChat, photo: TelegramPhoto) -> None:
    for _ in range(3 * MOST_ALIKE):
        outbox.write(chat, 7, [Say("Please wait a minute."), Say("#sea", photo=photo)])
    texts = [row.call["text"] for row in waiting()]
    assert (texts.count("Please wait a minute."), texts.count("#sea")) == (MOST_ALIKE, 3 * MOST_ALIKE)


def test_an_answer_whose_place_was_deleted_is_sent_anew(chat: TelegramChat, photo: TelegramPhoto) -> None:
    assert photo.answer_id is not None
    outbox.write(chat, 7, [Edit(photo.answer_id, "#sea")], answered=photo)
    outbox._refused(waiting()[0], is_blocked=False)
    (row,) = waiting()
    assert row.call == {"text": "#sea", "keyboard": [], "reply_to": photo.message_id, "asks": False}
    assert (row.photo, row.is_answer) == (photo, True)


def test_another_edit_is_given_up(chat: TelegramChat) -> None:
    outbox.write(chat, 7, [Edit(5, "#sea"), Say("#sun")])
    outbox._refused(waiting()[0], is_blocked=False)
    assert [row.call["text"] for row in waiting()] == ["#sun"]


def test_a_chat_that_blocks_the_bot_gets_nothing_more(chat: TelegramChat, other_chat: TelegramChat) -> None:
    outbox.write(chat, 7, [Say("#sea"), Say("#sun")])
    outbox.write(other_chat, 8, [Say("#sky")])
    outbox._refused(waiting()[0], is_blocked=True)
    assert [row.call["text"] for row in waiting()] == ["#sky"]
    assert TelegramMessage.objects.filter(chat=chat, number=None, call={}).count() == 2
