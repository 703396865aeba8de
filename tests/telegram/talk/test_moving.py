"""A group that becomes a supergroup: what waits to be said goes along, and what belongs to it."""

from predictor.models import TelegramChat, TelegramMessage, TelegramPhoto, Upload
from predictor.telegram import inbox, moving, outbox
from predictor.telegram.replies import Say
from tests.telegram.talk.conftest import MakePhoto

GROUP, SUPERGROUP = -5, -1_001_000_000_005


def test_it_works(chat: TelegramChat, photo: TelegramPhoto) -> None:
    outbox.write(chat, GROUP, [Say("#sea", reply_to=photo.message_id, photo=photo, is_answer=True)])
    TelegramChat.objects.filter(pk=chat.pk).update(shows="als", chosen_language="ru")
    chat.refresh_from_db()
    moving.move(chat, SUPERGROUP)
    moved = TelegramChat.objects.get()
    assert (moved.key, moved.counts_alone, moved.shows, moved.speaks) == (inbox.key_of(SUPERGROUP), True, "als", "ru")
    (answer,) = TelegramMessage.objects.all().first_of_each_chat()
    assert (answer.chat, answer.number, answer.photo_id) == (moved, SUPERGROUP, photo.pk)
    assert Upload.objects.get().owner_token == moved.key


def test_a_photo_that_waits(chat: TelegramChat, make_photo: MakePhoto) -> None:
    make_photo(state=TelegramPhoto.State.WAITING, number=GROUP, told=True)
    moving.move(chat, SUPERGROUP)
    (photo,) = TelegramPhoto.objects.all().first_of_each_chat()
    assert (photo.number, photo.answer_id, photo.told) == (SUPERGROUP, None, False)


def test_what_was_answered_stays_behind(chat: TelegramChat, photo: TelegramPhoto) -> None:
    moving.move(chat, SUPERGROUP)
    assert not TelegramPhoto.objects.exists() and Upload.objects.count() == 1


def test_twice_is_as_good_as_once(chat: TelegramChat) -> None:
    moving.move(chat, SUPERGROUP)
    moving.move(TelegramChat.objects.get(), SUPERGROUP)
    assert TelegramChat.objects.get().key == inbox.key_of(SUPERGROUP)
