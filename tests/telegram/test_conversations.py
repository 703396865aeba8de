"""Whole conversations about one photo with the bot of a running site: models, reasons, hashtags dropped and given."""

import pytest

from tests.telegram.bot_api.chats import Message
from tests.telegram.people import Person

pytestmark = pytest.mark.slow
BUTTONS = ["ALS + DNN", "ResNet + Word2Vec", "Both, side by side", "Both together", "Drop or keep", "Why?", "Add mine"]


def in_use(message: Message) -> list[str]:
    return [label.removeprefix("✓ ") for label in message.labels if label.startswith("✓ ")]


def test_it_works(ann: Person, photo: bytes) -> None:
    assert "Send me a photo" in ann.says("/start").text
    answer = ann.sends_photo(photo)
    five, als, w2v = answer.text.split("\n\n")
    assert five.startswith("The best five\n#") and five.count("#") == 5 and {"#Cat", "#pet"} <= set(five.split()[:5])
    assert als.startswith("ALS + DNN\n#") and w2v.startswith("ResNet + Word2Vec\n#")
    assert [label.removeprefix("✓ ") for label in answer.labels] == BUTTONS
    assert in_use(answer) == ["Both, side by side"]
    assert ann.types_before(answer)


def test_another_model(ann: Person, photo: bytes) -> None:
    answer = ann.sends_photo(photo)
    ann.changes(answer, "ResNet + Word2Vec")
    assert in_use(answer) == ["ResNet + Word2Vec"]
    assert "ResNet + Word2Vec\n#" in answer.text and "ALS + DNN" not in answer.text
    ann.changes(answer, "Both together")
    assert in_use(answer) == ["Both together"] and "Both together\n#" in answer.text
    assert ann.presses(answer, "✓ Both together") == ""
    ann.changes(answer, "ALS + DNN")
    assert in_use(answer) == ["ALS + DNN"] and "Word2Vec" not in answer.text and "together" not in answer.text
    ann.hears_nothing_more()


def test_why(ann: Person, photo: bytes) -> None:
    answer = ann.sends_photo(photo)
    before = answer.text
    ann.changes(answer, "Why?")
    reasons = dict(part.split("\n", 1) for part in answer.text.split("\n\n"))
    assert len(reasons) == 5 and "ALS + DNN: a photo tagged #Cat #pet · similarity" in reasons["#Cat"]
    assert "ResNet + Word2Vec: a photo tagged #Cat #pet · similarity" in reasons["#Cat"]
    assert answer.labels == ["Back"]
    ann.changes(answer, "Back")
    assert answer.text == before and in_use(answer) == ["Both, side by side"]


def test_drop_and_keep(ann: Person, photo: bytes) -> None:
    answer = ann.sends_photo(photo)
    ann.changes(answer, "Drop or keep")
    assert {"✓ Cat", "✓ pet", "✓ cup", "Done", "Give these"} <= set(answer.labels)
    ann.changes(answer, "✓ cup")
    ann.changes(answer, "✓ space")
    ann.changes(answer, "✗ space")
    ann.changes(answer, "Done")
    assert "#cup" not in answer.text and "#space" in answer.text
    five = answer.text.split("\n\n")[0]
    assert five.count("#") == 5, "another hashtag has taken its place"
    assert ann.says("/five").text == five
    assert five.split("\n")[1] in ann.says("/history").text


def test_give_what_was_kept(ann: Person, photo: bytes) -> None:
    answer = ann.sends_photo(photo)
    ann.changes(answer, "Drop or keep")
    ann.changes(answer, "✓ cup")
    given = ann.hears_after(answer, "Give these")
    assert answer.text.startswith("The best five") and given.reply_to == answer.reply_to
    assert "Thank you for your contribution:" in given.text and "#cat" in given.text and "#cup" not in given.text
    assert ann.presses(given, "How does it stand?") == "It waits for a moderator."
    ann.changes(given, "Take it back")
    assert "Your contribution is taken back." in given.text and "no version had learned from it" in given.text
    assert given.labels == []


def test_add_mine(ann: Person, photo: bytes) -> None:
    answer = ann.sends_photo(photo)
    question = ann.hears_after(answer, "Add mine")
    assert question.force_reply and question.reply_to == answer.reply_to
    given = ann.says("#Kitten and #котёнок", reply_to=question)
    assert "#kitten #котёнок" in given.text and given.reply_to == answer.reply_to
    again = ann.says("/add #more", reply_to=answer)
    assert "said already" in again.text and again.labels == given.labels


def test_the_same_photo_again(ann: Person, photo: bytes) -> None:
    first, second = ann.sends_photo(photo), ann.sends_photo(photo)
    assert second.text == first.text and second.reply_to != first.reply_to
    ann.changes(second, "ALS + DNN")
    assert "Word2Vec" in first.text
