"""What a running site keeps of a chat with its bot, and that nothing of it is left once the chat is forgotten."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.telegram.conftest import BotSite
from tests.telegram.people import Person

pytestmark = pytest.mark.slow


def counts(rows: Iterable[str]) -> Counter[str]:
    """Return how many rows each table has. The numbers of updates stay, so that none is handled twice."""
    return Counter(table for table in (row.split('"')[1] for row in rows) if table != "predictor_telegramupdate")


def files(site: BotSite) -> set[Path]:
    return {path for path in (site.home / "media").rglob("*") if path.is_file()}


def test_it_works(ann: Person, photo: bytes, site: BotSite) -> None:
    before, media, mine = counts(site.rows()), files(site), f"kitten{ann.chat.id}"
    answer = ann.sends_photo(photo, caption=f"#{mine}")
    ann.changes(ann.hears(), "Yes")
    kept = site.rows()
    assert any(mine in row for row in kept) and counts(kept) != before
    assert not any(f"{ann.chat.id}" in row.replace(mine, "") for row in kept), "the number of the chat is not kept"
    assert len(files(site) - media) == 2, "a copy of the photo, and one for its contribution"
    question = ann.says("/forget")
    ann.changes(question, "Delete everything")
    assert f"#{mine}: no version had learned from it." in question.text and question.labels == []
    left = site.rows()
    assert counts(left) == before and files(site) == media
    assert not any(f"{ann.chat.id}" in row for row in left)
    assert "do not keep this photo" in ann.presses(answer, "Why?")
    assert "Send me a photo" in ann.says("/start").text


def test_keep_it(ann: Person, photo: bytes) -> None:
    answer = ann.sends_photo(photo)
    question = ann.says("/forget")
    ann.changes(question, "Keep it")
    assert question.text == "Everything stays as it is." and question.labels == []
    assert "ALS + DNN\n#" in ann.changes(answer, "ALS + DNN").text


def test_what_is_on_its_way_meanwhile(ann: Person, photo: bytes, site: BotSite) -> None:
    before, media = counts(site.rows()), files(site)
    question = ann.says("/forget")
    with site.api.updates_held():
        ann.chat.sends_photo(photo)
        ann.chat.presses(question, "Delete everything")
    ann.sees(question, "is deleted")
    assert counts(site.rows()) == before and files(site) == media
