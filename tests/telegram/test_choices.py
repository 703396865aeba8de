"""What a person chooses in a chat with the bot of a running site: model, language, and which photo they mean."""

import pytest

from tests.end_to_end import tiny
from tests.telegram.conftest import BotSite, as_jpeg
from tests.telegram.people import Person

pytestmark = pytest.mark.slow


@pytest.fixture
def coffee() -> bytes:
    return as_jpeg(tiny.crop("coffee.png", 4))


def test_it_works(ann: Person, photo: bytes) -> None:
    """The chosen model answers every photo from then on; answers from before stay as they are."""
    before = ann.sends_photo(photo)
    question = ann.says("/model")
    assert "✓ Both, side by side" in question.labels
    ann.changes(question, "ResNet + Word2Vec")
    assert "answered by: ResNet + Word2Vec." in question.text and "✓ ResNet + Word2Vec" in question.labels
    after = ann.sends_photo(photo)
    assert "ResNet + Word2Vec\n#" in after.text and "ALS + DNN" not in after.text
    assert "ALS + DNN\n#" in before.text and "Word2Vec\n#" in before.text
    in_use, versions = ann.says("/which").text.split("\n\n")
    assert in_use == "Photos of this chat are answered by: ResNet + Word2Vec."
    als, w2v = versions.splitlines()
    assert "version als:" in als and "MobileNetV2" in als and "version w2v:" in w2v and "EfficientNet" in w2v


def test_an_older_photo(ann: Person, photo: bytes, coffee: bytes) -> None:
    cat, cup = ann.sends_photo(photo), ann.sends_photo(coffee)
    assert cat.reply_to is not None and "#coffee" in cup.text
    five = ann.says("/five@Tag4Pic_Bot", reply_to=ann.chat.all[cat.reply_to])
    assert five.reply_to == cat.reply_to and five.text == cat.text.split("\n\n")[0]
    listed = ann.says("/history")
    first, second, _ = listed.text.splitlines()
    assert first.startswith("1. ") and first.endswith(cup.text.splitlines()[1])
    assert second.startswith("2. ") and second.endswith(cat.text.splitlines()[1])
    again = ann.hears_after(listed, "2")
    assert (again.text, again.reply_to, again.labels) == (cat.text, cat.reply_to, cat.labels)
    ann.changes(again, "ALS + DNN")
    assert "Word2Vec" not in again.text and "Word2Vec" in cat.text


def test_no_photo_yet(ann: Person) -> None:
    assert ann.says("/history").text == "No photo of this chat is stored."
    assert ann.says("/five").text == "Please send a photo first."


def test_another_language(ann: Person, photo: bytes) -> None:
    question = ann.says("/lang")
    assert question.labels == ["English", "Русский", "✓ As Telegram says"]
    ann.changes(question, "Русский")
    assert question.labels[1] == "✓ Русский" and "по-русски" in question.text
    answer = ann.sends_photo(photo)
    assert answer.text.startswith("Лучшая пятёрка\n#") and "Почему?" in answer.labels
    ann.changes(question, "lang:auto")
    assert question.text == "I speak English." and question.labels[2] == "✓ As Telegram says"


@pytest.mark.parametrize(
    ("code", "words"), [("ru", "Отправьте"), ("ru-RU", "Отправьте"), ("xx", "Send"), (None, "Send")]
)
def test_the_language_of_telegram(site: BotSite, code: str | None, words: str) -> None:
    somebody = site.stranger(code)
    assert somebody.says("/start").text.startswith(words)


def test_what_the_bot_does_not_know(ann: Person) -> None:
    assert "I do not know /dance." in ann.says("/dance now").text
    greeting = ann.chat.says("hello")
    assert "/help" in ann.hears().text
    ann.chat.edits(greeting, "/start")
    ann.hears_nothing_more()
