"""The bot's buttons."""

import pytest
from django.contrib.auth.models import User

from predictor import limits
from predictor.contributions import contributing
from predictor.models import Contribution, Suggestion, TelegramChat, TelegramMessage, TelegramPhoto, Upload
from predictor.telegram import answering, talk
from predictor.telegram.replies import Edit, Say, Toast
from tests.telegram.talk.conftest import MakePhoto
from tests.telegram.talk.typed import PRESSED_ID, data, edited, labels, message, press, refused, said

EXPIRED = "do not keep this photo"


def give(photo: TelegramPhoto) -> Contribution:
    assert photo.upload is not None
    return contributing.contribute(photo.upload, None, ["sea"], [], [], False)


def asked_about(row: Contribution, chat: TelegramChat) -> tuple[str, Edit]:
    """Ask how a contribution stands; return what is shown at the button, and what becomes of the message."""
    toast, reply = talk.respond(press(f"state:{row.pk}"), chat, None)
    assert isinstance(toast, Toast) and toast.query == "query" and isinstance(reply, Edit)
    return toast.text, reply


def test_it_works(photo: TelegramPhoto, chat: TelegramChat) -> None:
    _text, keyboard = answering.outcome(photo)
    reply = edited(data(keyboard, "ResNet + Word2Vec"), chat)
    assert "<b>ResNet + Word2Vec</b>" in reply.text and "<b>ALS + DNN</b>" not in reply.text
    assert labels(reply.keyboard)[1] == "✓ ResNet + Word2Vec"
    photo.refresh_from_db()
    assert photo.shows == "w2v" and chat.shows == "both"


def test_the_blend(photo: TelegramPhoto, chat: TelegramChat) -> None:
    text = edited(f"model:{photo.pk}:blend", chat).text
    assert "<b>Both together</b>\n<pre>#sea " in text and "#beach" in text and "#boat" in text


def test_a_caption_that_is_not_taken_is_offered_again(
    make_photo: MakePhoto, chat: TelegramChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(whom: list[str]) -> None:
        raise limits.Refusal(429, "Please wait a minute.")

    photo = make_photo(offered=["#Dune"])
    with monkeypatch.context() as patch:
        patch.setattr(limits, "check_contribution", refuse)
        question = edited(f"offer:{photo.pk}:yes", chat)
    assert question.text == "Please wait a minute." and labels(question.keyboard) == ["Yes", "No"]
    assert "#dune" in edited(data(question.keyboard, "Yes"), chat).text


def test_drop_and_keep(photo: TelegramPhoto, chat: TelegramChat) -> None:
    question = edited(f"choose:{photo.pk}", chat)
    assert set(labels(question.keyboard)) == {"✓ sea", "✓ sun", "✓ beach", "✓ sand", "✓ boat", "Done", "Give these"}
    question = edited(data(question.keyboard, "✓ sea"), chat)
    question = edited(data(question.keyboard, "✓ boat"), chat)
    question = edited(data(question.keyboard, "✗ boat"), chat)
    answer = edited(data(question.keyboard, "Done"), chat)
    assert "#sea" not in answer.text and "#boat" in answer.text
    photo.refresh_from_db()
    assert photo.dropped == ["sea"]


def test_no_more_buttons_than_telegram_takes(make_photo: MakePhoto, chat: TelegramChat) -> None:
    photo = make_photo(dropped=[f"tag{number}" for number in range(200)])
    assert len(labels(edited(f"choose:{photo.pk}", chat).keyboard)) == 100


def test_the_five_are_filled_up(photo: TelegramPhoto, chat: TelegramChat) -> None:
    last = Suggestion.objects.get(version__kind="als", rank=3)
    for last.rank in range(4, 8):
        last.pk, last.tag = None, f"more{last.rank}"
        last.save(force_insert=True)
    photo.dropped = ["sea"]
    photo.save()
    five = edited(f"answer:{photo.pk}", chat).text.split("\n\n")[0]
    assert five.count("#") == 5 and "#sea" not in five


def test_everything_dropped(photo: TelegramPhoto, chat: TelegramChat) -> None:
    photo.dropped = ["sea", "sun", "beach", "sand", "boat"]
    photo.save()
    assert edited(f"answer:{photo.pk}", chat).text.count("Nothing is left here.") == 3
    _toast, _edit, reply = talk.respond(press(f"give:{photo.pk}"), chat, None)
    assert isinstance(reply, Say) and "at least one" in reply.text and not Contribution.objects.exists()


def test_give_these(photo: TelegramPhoto, chat: TelegramChat) -> None:
    photo.dropped = ["boat"]
    photo.save()
    toast, answer, reply = talk.respond(press(f"give:{photo.pk}"), chat, None)
    assert toast == Toast("query") and isinstance(answer, Edit) and isinstance(reply, Say)
    row = Contribution.objects.get()
    assert (set(row.kept), row.dropped, row.may_be_shown) == ({"sea", "sun", "beach", "sand"}, ["boat"], False)
    assert "moderator" in reply.text and labels(reply.keyboard) == ["How does it stand?", "Take it back"]


def test_why(photo: TelegramPhoto, chat: TelegramChat) -> None:
    weak, strong = ({"tag": tag, "similarity": 0.9, "share": share} for tag, share in (("dune", 0.1), ("wave", 0.25)))
    Suggestion.objects.filter(tag="sea", version__kind="als").update(evidence=[weak, strong])
    lost = {"post": 12345, "similarity": 0.91, "share": 0.001}
    Suggestion.objects.filter(tag="sea", version__kind="w2v").update(evidence=[lost])
    reply = edited(f"why:{photo.pk}", chat)
    assert "ALS + DNN: the hashtag #wave · similarity 0.90 · 25 % of the score" in reply.text
    assert "no longer in the corpus · similarity 0.91 · under 1 % of the score" in reply.text
    assert "#dune" not in reply.text and "No model has it among its first ten" in reply.text
    assert "<b>The best five</b>" in edited(data(reply.keyboard, "Back"), chat).text


def test_add_mine(photo: TelegramPhoto, chat: TelegramChat) -> None:
    reply = said(press(f"add:{photo.pk}"), chat)
    assert reply.asks and reply.photo == photo and reply.reply_to == photo.message_id


def test_show_again(photo: TelegramPhoto, chat: TelegramChat) -> None:
    reply = said(press(f"show:{photo.pk}"), chat)
    assert reply.reply_to == photo.message_id and "#sea" in reply.text


def test_yes_to_a_caption(make_photo: MakePhoto, chat: TelegramChat) -> None:
    photo = make_photo(offered=["#Dune", "#sea"])
    assert "#sea #dune" in edited(f"offer:{photo.pk}:yes", chat).text
    assert Contribution.objects.get().added == ["dune"]
    assert "already" in refused(f"offer:{photo.pk}:yes", chat)


def test_no_to_a_caption(make_photo: MakePhoto, chat: TelegramChat) -> None:
    photo = make_photo(offered=["#Dune"])
    assert "do not learn" in edited(f"offer:{photo.pk}:no", chat).text
    assert "already" in refused(f"offer:{photo.pk}:yes", chat) and not Contribution.objects.exists()


def test_how_a_contribution_stands(photo: TelegramPhoto, chat: TelegramChat, moderator: User) -> None:
    """It is said where the button is, too: the message above may say so already, and would not change."""
    row = give(photo)
    said, waiting = asked_about(row, chat)
    assert said == "It waits for a moderator." and said in waiting.text
    contributing.approve(row, moderator)
    said, approved = asked_about(row, chat)
    assert "part of the corpus" in said and said in approved.text and "Take it back" in labels(approved.keyboard)
    contributing.reject(row, moderator, "It is <blurred>.")
    said, rejected = asked_about(row, chat)
    assert said == "It is <blurred>." and "&lt;blurred&gt;" in rejected.text
    assert "turned your contribution down" in rejected.text and rejected.keyboard == ()


def test_take_it_back(photo: TelegramPhoto, chat: TelegramChat) -> None:
    row = give(photo)
    for _ in range(2):
        reply = edited(f"withdraw:{row.pk}", chat)
        assert "#sea: no version had learned from it." in reply.text and reply.keyboard == ()
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_take_back_what_was_turned_down_meanwhile(photo: TelegramPhoto, chat: TelegramChat, moderator: User) -> None:
    row = give(photo)
    contributing.reject(row, moderator, "No.")
    assert "turned your contribution down" in edited(f"withdraw:{row.pk}", chat).text


def test_another_chats_contribution(make_photo: MakePhoto, chat: TelegramChat, other_chat: TelegramChat) -> None:
    row = give(make_photo(other_chat))
    assert "not there" in refused(f"withdraw:{row.pk}", chat) and "not there" in refused(f"state:{row.pk}", chat)
    row.refresh_from_db()
    assert row.is_open


def test_choose_a_model_for_the_chat(chat: TelegramChat) -> None:
    reply = edited("default:als", chat)
    assert "ALS + DNN" in reply.text and labels(reply.keyboard)[0] == "✓ ALS + DNN"
    chat.refresh_from_db()
    assert chat.shows == "als"


def test_choose_a_language(chat: TelegramChat) -> None:
    chat.language = "ru"
    assert "✓ English" in labels(edited("lang:en", chat).keyboard) and chat.speaks == "en"
    edited("lang:auto", chat)
    chat.refresh_from_db()
    assert chat.chosen_language == ""


def test_forget(photo: TelegramPhoto, chat: TelegramChat, make_photo: MakePhoto, other_chat: TelegramChat) -> None:
    theirs = make_photo(other_chat)
    give(photo)
    edited("default:als", chat)
    TelegramMessage.objects.create(chat=chat, number=77, call={"text": "x"})
    reply = edited("forget:yes", chat)
    assert "is deleted" in reply.text and "Receipt" in reply.text and "#sea: no version" in reply.text
    assert list(Upload.objects.all()) == [theirs.upload] and list(TelegramPhoto.objects.all()) == [theirs]
    assert not Contribution.objects.of(chat.visitor).exists() and not TelegramMessage.objects.exists()
    chat.refresh_from_db()
    assert chat.forgotten and chat.shows == "both"
    assert EXPIRED in refused(f"answer:{photo.pk}", chat)


def test_forget_nothing(photo: TelegramPhoto, chat: TelegramChat) -> None:
    assert "stays" in edited("forget:no", chat).text
    assert Upload.objects.exists() and not chat.forgotten
    assert "Receipt" not in edited("forget:yes", chat).text


@pytest.mark.parametrize(
    "button",
    ["answer:{}", "show:{}", "model:{}:als", "choose:{}", "drop:{}:" + "0" * 12, "give:{}", "why:{}", "add:{}"],
)
def test_a_photo_that_is_gone(button: str, make_photo: MakePhoto, chat: TelegramChat, other_chat: TelegramChat) -> None:
    theirs, expired, waiting = make_photo(other_chat), make_photo(upload=None), make_photo()
    Upload.objects.filter(telegram_photos=waiting).update(state=Upload.State.NEW)
    for number in (theirs.pk, expired.pk, waiting.pk, 999, "9" * 18):
        assert EXPIRED in refused(button.format(number), chat)


@pytest.mark.parametrize(
    "data",
    ["", "x", "answer", "answer:", "answer:-1", "answer:١", "answer:1:2", "answer:1\n", "model:1:all", "model:1"]
    + ["give:" + "9" * 40, "drop:1:XYZ", "withdraw:1", "default:", "lang:de", "forget", "forget:yes ", "offer:1:maybe"],
)
def test_data_that_no_button_has(data: str, chat: TelegramChat) -> None:
    assert "does nothing" in refused(data, chat)


def test_a_hashtag_that_is_not_part_of_the_answer(photo: TelegramPhoto, chat: TelegramChat) -> None:
    assert "not part of" in refused(f"drop:{photo.pk}:{'0' * 12}", chat)


def test_a_press_is_answered_once(photo: TelegramPhoto, chat: TelegramChat) -> None:
    _text, keyboard = answering.outcome(photo)
    for row in keyboard:
        for button in row:
            replies = talk.respond(press(button.data), chat, None)
            assert [isinstance(reply, Toast) for reply in replies].count(True) == 1
            assert all(reply.id == PRESSED_ID for reply in replies if isinstance(reply, Edit))
    assert said(message(command="model"), chat).keyboard
