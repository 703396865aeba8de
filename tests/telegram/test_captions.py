"""Hashtags in the caption of a photo: the bot of a running site asks before the models learn from them."""

import pytest

from tests.telegram.conftest import BotSite
from tests.telegram.people import Person

pytestmark = pytest.mark.slow


def contributions(site: BotSite) -> int:
    return int(site.ask("SELECT count(*) FROM predictor_contribution")[0])


def test_it_works(ann: Person, photo: bytes, site: BotSite) -> None:
    before = contributions(site)
    answer = ann.sends_photo(photo, caption="My cat #Kitten #котик, see https://example.org/#top")
    question = ann.hears()
    assert "of your caption?\n\n#Kitten #котик\n\n" in question.text and question.labels == ["Yes", "No"]
    assert question.reply_to == answer.reply_to and contributions(site) == before
    ann.changes(question, "Yes")
    assert "Thank you for your contribution: #kitten #котик" in question.text and contributions(site) == before + 1
    assert question.labels == ["How does it stand?", "Take it back"]


def test_no(ann: Person, photo: bytes, site: BotSite) -> None:
    before = contributions(site)
    ann.sends_photo(photo, caption="#kitten")
    question = ann.hears()
    ann.changes(question, "No")
    assert question.text == "The models do not learn from your caption." and question.labels == []
    assert contributions(site) == before


def test_a_caption_without_hashtags(ann: Person, photo: bytes) -> None:
    answer = ann.sends_photo(photo, caption="My cat")
    assert "#Cat" in answer.text
    ann.hears_nothing_more()


def test_add_in_the_caption(ann: Person, photo: bytes) -> None:
    ann.sends_photo(photo, caption="/add kitten, котик")
    assert "#kitten #котик" in ann.hears().text
