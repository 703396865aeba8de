"""Texts of the bot: Telegram's HTML, and never too long."""

from typing import Any

import pytest

from corpus.models import Hashtag, Post, Source, Tagging
from predictor.models import Contribution, ModelVersion, Suggestion, TelegramChat, TelegramPhoto, Upload
from predictor.telegram import answering, giving, keyboards
from predictor.telegram.wording import block, cut, plain, units
from tests.telegram.bot_api.text import message_text
from tests.telegram.talk.conftest import MakePhoto
from tests.telegram.talk.typed import message, said

MOST = 4096
WIDE = "\U0001d306"  # two UTF-16 units


def length(text: str) -> int:
    """Return the length of a text as it is read, once it has passed as Telegram's HTML."""
    return units(message_text(text, "HTML").text)


def test_it_works() -> None:
    assert block(["sea", "Sun"]) == "<pre>#sea #Sun</pre>"
    assert plain('a < b & c > d "e"') == 'a &lt; b &amp; c &gt; d "e"'


def test_a_cut_text_keeps_whole_characters() -> None:
    assert cut("abc", 3) == "abc" and cut("abcd", 3) == "ab…"
    assert cut(WIDE * 2, 4) == WIDE * 2 and cut(WIDE * 3, 4) == WIDE + "…"


def test_a_block_holds_whole_hashtags() -> None:
    text = block(f"{n:04}" * 25 for n in range(30))
    assert text.endswith("0009" * 25 + "</pre>")


def test_nothing_to_copy() -> None:
    assert block([]) == "Nothing is left here."


@pytest.fixture
def long_photo(make_photo: MakePhoto, versions: dict[str, ModelVersion]) -> TelegramPhoto:
    """A photo with thirty hashtags of 100 characters by each model, each with evidence as long."""
    photo = make_photo()
    assert photo.upload is not None
    Suggestion.objects.all().delete()
    source = Source.objects.create(name="starter", kind=Source.Kind.STARTER)
    post = Post.objects.create(source=source, external_id="1")
    for place, version in enumerate(versions.values()):
        for rank in range(1, 31):
            tag = f"{place}{rank:02}" + WIDE * 97
            hashtag = Hashtag.objects.create(key=tag, display=tag)
            Tagging.objects.create(post=post, hashtag=hashtag, position=rank, source=source, origin="starter")
            because = [{"post": post.pk, "similarity": 0.9, "share": 0.25}]
            values = {"rank": rank, "tag": tag, "score": 1 / rank, "prior": 0, "evidence": because}
            Suggestion.objects.create(upload=photo.upload, version=version, **values)
    return photo


@pytest.mark.parametrize("shows", TelegramChat.Shows.values)
def test_the_longest_answer_fits(shows: str, long_photo: TelegramPhoto) -> None:
    long_photo.shows = shows
    for text, keyboard in (answering.outcome(long_photo), answering.choosing(long_photo), answering.why(long_photo)):
        assert 200 < length(text) <= MOST
        assert all(len(button.data.encode()) <= 64 and len(button.label) <= 64 for row in keyboard for button in row)


def test_the_longest_five_and_history_fit(long_photo: TelegramPhoto, chat: TelegramChat) -> None:
    assert length(said(message(command="five"), chat).text) <= MOST
    assert length(said(message(command="history"), chat).text) <= MOST


def test_the_longest_question_fits(long_photo: TelegramPhoto) -> None:
    long_photo.offered = ["#" + WIDE * 100] * 40
    question = answering.answer(long_photo)[-1]
    assert length(question.text) <= MOST and question.text.endswith("shown to nobody else.")


@pytest.mark.parametrize("state", Contribution.State.values)
def test_the_longest_contribution_fits(state: str, db: None) -> None:
    fields: dict[str, Any] = {"added": [WIDE * 100] * 30, "message": "<" * 9000}
    text, _keyboard = giving.standing(Contribution(state=state, **fields))
    assert 200 < length(text) <= MOST


def test_the_longest_receipt_fits(db: None) -> None:
    row = Contribution(state=Contribution.State.WITHDRAWN, added=[f"{n:02}" + WIDE * 98 for n in range(30)])
    text, _keyboard = giving.standing(row)
    assert text.endswith(": no version had learned from it.") and length(text) <= MOST


def test_data_of_buttons_is_short() -> None:
    photo = TelegramPhoto(pk=10**18 - 1, upload=Upload())
    rows = [*keyboards.answer(photo), *keyboards.choices(photo, {"x" * 100: "x" * 100}), *keyboards.offer(photo)]
    rows += keyboards.contribution(Contribution())
    assert all(len(button.data.encode()) <= 64 for row in rows for button in row)
