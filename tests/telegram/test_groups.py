"""The bot of a running site in groups: it answers where it is addressed, and keeps nothing of what else is said."""

import pytest

from tests.telegram.conftest import BotSite, numbers
from tests.telegram.people import Person

pytestmark = pytest.mark.slow
ME = "@tag4pic_bot"


@pytest.fixture
def friends(site: BotSite) -> Person:
    """A group of two; the first of them speaks unless the other is named."""
    return Person(site.api, site.api.group(next(numbers), next(numbers)), site.is_settled)


def other(friends: Person) -> int:
    return int(friends.chat.people[1]["id"])


def test_it_works(friends: Person, photo: bytes) -> None:
    answer = friends.sends_photo(photo, caption=f"{ME} what is this?")
    assert "#Cat" in answer.text
    friends.changes(answer, "ALS + DNN", by=other(friends))
    assert "Word2Vec" not in answer.text


def test_silence(friends: Person, photo: bytes, site: BotSite) -> None:
    asked = friends.chat.says("Nothing for bots: ordinary words")
    friends.chat.says("#ordinary", reply_to=asked)
    friends.chat.says("/five@otherbot")
    friends.chat.says(f"mail me at ordinary{ME}.example.org or {ME}s")
    friends.chat.sends_photo(photo, caption="@somebody, ordinary")
    friends.chat.sends_photo(photo)
    friends.chat.sends_sticker()
    friends.chat.sends({"new_chat_title": "ordinary"})
    friends.hears_nothing_more()
    rows = site.rows()
    assert not any("ordinary" in row or str(friends.chat.id) in row for row in rows), "nothing of it is kept"


def test_commands(friends: Person, photo: bytes) -> None:
    assert "Please send a photo first." in friends.says("/five").text
    theirs = friends.chat.sends_photo(photo, by=other(friends))
    said = friends.says(f"/five{ME}", reply_to=theirs)
    assert said.reply_to == theirs.id and "#Cat" in said.text


def test_somebodys_photo(friends: Person, photo: bytes) -> None:
    theirs = friends.chat.sends_photo(photo, by=other(friends))
    answer = friends.says(ME, reply_to=theirs)
    assert answer.reply_to == theirs.id and "#Cat" in answer.text
    again = friends.says(f"{ME} please", reply_to=theirs)
    assert again.reply_to == theirs.id and again.text == answer.text


def test_a_reply_to_the_bot(friends: Person, photo: bytes) -> None:
    answer = friends.sends_photo(photo, caption=ME)
    given = friends.says("#kitten", reply_to=answer, by=other(friends))
    assert "#kitten" in given.text and given.reply_to == answer.reply_to
    friends.changes(given, "Take it back")


def test_an_album(friends: Person, photo: bytes) -> None:
    """The name stands in the caption of one picture, and means both."""
    sent = [friends.chat.sends_photo(photo, album="a", caption=caption) for caption in (ME, "")]
    assert [friends.hears().reply_to for _ in sent] == [message.id for message in sent]
