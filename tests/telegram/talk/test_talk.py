"""What is said to the bot: which picture is fetched, what is noted of a photo, what a plain message means."""

import pytest

from predictor.models import Contribution, TelegramChat, TelegramMessage, TelegramPhoto, Upload
from predictor.telegram import answering, talk
from predictor.telegram.replies import Edit, Say, Toast
from predictor.telegram.updates import Message, Quoted
from tests.contributions import MakeAnswered
from tests.telegram.talk.conftest import MakePhoto
from tests.telegram.talk.typed import MESSAGE_ID, NUMBER, PICTURE, data, labels, message, one, press, said

ALS, W2V = "<b>ALS + DNN</b>\n<pre>#sea #sun #beach</pre>", "<b>ResNet + Word2Vec</b>\n<pre>#sea #sand #boat</pre>"
FOREIGN = Quoted(42, False, PICTURE)


@pytest.fixture
def upload(chat: TelegramChat, make_answered: MakeAnswered) -> Upload:
    return make_answered(owner_token=chat.key)


def taken(update: Message, chat: TelegramChat, upload: Upload) -> TelegramPhoto:
    assert talk.picture_of(update, chat) == PICTURE
    assert talk.respond(update, chat, upload) == []
    return TelegramPhoto.objects.select_related("chat", "upload").get()


def test_it_works(chat: TelegramChat, upload: Upload) -> None:
    photo = taken(message(picture=PICTURE), chat, upload)
    assert (photo.message_id, photo.number, photo.state) == (MESSAGE_ID, NUMBER, "waiting")
    answer = one(answering.answer(photo))
    assert sorted(answer.text.split("\n\n")[1:]) == [ALS, W2V]
    assert answer.text.startswith("<b>The best five</b>\n<pre>#sea ")
    assert (answer.reply_to, answer.photo, answer.is_answer) == (MESSAGE_ID, photo, True)
    assert labels(answer.keyboard) == [
        "ALS + DNN",
        "ResNet + Word2Vec",
        "✓ Both, side by side",
        "Both together",
        "Drop or keep",
        "Why?",
        "Add mine",
    ]
    upload.refresh_from_db()
    assert upload.named


def test_a_photo_is_answered_by_the_model_that_the_chat_has_chosen(chat: TelegramChat, upload: Upload) -> None:
    chat.shows = TelegramChat.Shows.ALS
    answer = one(answering.answer(taken(message(picture=PICTURE), chat, upload)))
    assert answer.text.endswith(ALS) and W2V not in answer.text
    assert labels(answer.keyboard)[0] == "✓ ALS + DNN"


def test_what_was_said_of_a_long_wait_becomes_the_answer(make_photo: MakePhoto) -> None:
    photo = make_photo(answer_id=9, state="waiting")
    (reply,) = answering.answer(photo)
    assert isinstance(reply, Edit) and reply.id == 9 and "#sea" in reply.text


def test_hashtags_of_a_caption_are_asked_about(chat: TelegramChat, upload: Upload) -> None:
    photo = taken(message("Look #Dune #sea", picture=PICTURE), chat, upload)
    _answer, question = answering.answer(photo)
    assert isinstance(question, Say) and "#Dune #sea" in question.text and not question.is_answer
    assert labels(question.keyboard) == ["Yes", "No"]
    assert not Contribution.objects.exists()


@pytest.mark.parametrize("command", ["", "five"])
def test_a_photo_that_somebody_else_sent(command: str, chat: TelegramChat, upload: Upload) -> None:
    photo = taken(message(command=command, to=FOREIGN), chat, upload)
    assert photo.message_id == 42


def test_a_photo_that_is_quoted_from_another_chat(chat: TelegramChat, upload: Upload) -> None:
    assert taken(message(to=Quoted(None, False, PICTURE)), chat, upload).message_id == MESSAGE_ID


@pytest.mark.parametrize("command", ["add", "help", "start", "model", "lang", "history", "forget", "which", "other"])
def test_a_command_that_needs_no_picture(command: str, chat: TelegramChat) -> None:
    assert talk.picture_of(message(command=command, to=FOREIGN), chat) is None


def test_what_the_bot_sent_is_not_fetched(chat: TelegramChat) -> None:
    assert talk.picture_of(message(to=Quoted(42, True, PICTURE)), chat) is None
    assert talk.picture_of(press("forget:no"), chat) is None


def test_a_known_photo_is_answered_again(photo: TelegramPhoto, chat: TelegramChat) -> None:
    update = message("and?", to=Quoted(photo.message_id, False, PICTURE))
    assert talk.picture_of(update, chat) is None
    again = said(update, chat)
    assert again.reply_to == photo.message_id and ALS in again.text and not again.is_answer


def test_a_photo_that_waits_is_not_answered_twice(make_photo: MakePhoto, chat: TelegramChat) -> None:
    photo = make_photo(state="waiting")
    assert talk.respond(message("and?", to=photo.message_id), chat, None) == []


def test_a_photo_that_had_expired_is_fetched_anew(make_photo: MakePhoto, chat: TelegramChat, upload: Upload) -> None:
    old = make_photo(upload=None)
    photo = taken(message("and?", to=Quoted(old.message_id, False, PICTURE)), chat, upload)
    assert photo.upload == upload and photo.state == "waiting"


@pytest.mark.parametrize("to", ["photo", "answer", "question"])
def test_a_reply_with_hashtags_gives_them(to: str, photo: TelegramPhoto, chat: TelegramChat) -> None:
    TelegramMessage.objects.create(chat=chat, photo=photo, message_id=300)
    number = {"photo": photo.message_id, "answer": photo.answer_id, "question": 300}[to]
    reply = said(message("#Dune #sea", to=Quoted(number, to != "photo", None)), chat)
    row = Contribution.objects.get()
    assert (row.kept, row.added, row.owner_token, row.may_be_shown) == (["sea"], ["dune"], chat.key, False)
    assert reply.reply_to == photo.message_id and "#sea #dune" in reply.text and "moderator" in reply.text
    assert data(reply.keyboard, "Take it back") == f"withdraw:{row.pk}"


def test_a_reply_to_the_answer_without_hashtags(photo: TelegramPhoto, chat: TelegramChat) -> None:
    assert "each with its #" in said(message("thanks", to=Quoted(photo.answer_id, True, None)), chat).text


def test_a_message_of_another_chat_means_nothing(
    make_photo: MakePhoto, chat: TelegramChat, other_chat: TelegramChat
) -> None:
    photo = make_photo(other_chat)
    assert "Send me a photo" in said(message("#sea", to=photo.message_id), chat).text
    assert not Contribution.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"), [({"text": "hi"}, "Send me a photo"), ({"is_odd": True}, "pictures alone")]
)
def test_other_messages(fields: dict[str, object], words: str, chat: TelegramChat) -> None:
    assert words in said(message(**fields), chat).text  # type: ignore[arg-type]


def test_a_refused_photo() -> None:
    assert talk.refused(message(picture=PICTURE), "a < b") == [Say("a &lt; b", reply_to=MESSAGE_ID)]


def test_a_refused_press() -> None:
    assert talk.refused(press("x"), "No.") == [Toast("query", "No.", stays=True)]


def test_a_photo_without_an_answer(make_photo: MakePhoto) -> None:
    photo = make_photo(offered=["#sea"], answer_id=None)
    assert photo.upload is not None
    photo.upload.state, photo.upload.reason = Upload.State.FAILED, "corrupt"
    reply = one(answering.answer(photo))
    assert "is damaged" in reply.text and reply.keyboard == ()


def test_a_photo_that_was_deleted_meanwhile(make_photo: MakePhoto) -> None:
    reply = one(answering.answer(make_photo(upload=None, answer_id=None)))
    assert "do not keep this photo" in reply.text and reply.keyboard == ()


@pytest.mark.parametrize(("waiting", "words"), [(0, "Still working on"), (1, "1 photo is"), (3, "3 photos are")])
def test_a_long_wait(waiting: int, words: str, make_photo: MakePhoto, make_answered: MakeAnswered) -> None:
    photo = make_photo(state="waiting")
    other = make_answered()
    Upload.objects.filter(pk=other.pk).update(state=Upload.State.NEW)
    assert other.claim()
    reply = answering.slow(photo, waiting)
    assert words in reply.text and reply.is_answer and reply.reply_to == photo.message_id


def test_a_long_wait_while_nobody_works(photo: TelegramPhoto) -> None:
    assert "is kept" in answering.slow(photo, 3).text
