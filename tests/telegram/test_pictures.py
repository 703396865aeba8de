"""What people send to the bot of a running site: photos, files, albums, and what is no picture."""

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from corpus.images import ImageRefused
from tests.end_to_end import tiny
from tests.telegram.bot_api.chats import Message
from tests.telegram.conftest import BotSite, as_jpeg
from tests.telegram.people import Person

pytestmark = pytest.mark.slow
HOSTILE = Path(os.environ.get("TAG4PIC_TEST_DATA") or Path(__file__).parents[3] / "shared") / "hostile"
MANIFEST = HOSTILE / "manifest.json"
CASES: list[dict[str, Any]] = json.loads(MANIFEST.read_text())["cases"] if MANIFEST.is_file() else []
NOT_LOOKED_AT = "I look at pictures alone: please send a photo, or an image as a file."


def png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def is_answer(message: Message) -> bool:
    return message.text.startswith("The best five\n#") and "Why?" in message.labels


def test_it_works(ann: Person) -> None:
    answer = ann.sends_file(png(tiny.crop("chelsea.png", 3)), "cat.png", "image/png")
    assert is_answer(answer) and "#Cat" in answer.text and answer.reply_to is not None


@pytest.mark.parametrize(
    "name", ["../../x.jpg", "\u202egpj.exe", "x" * 300 + ".jpg", "", "nul\x00.jpg", ".", "a\nb.jpg"]
)
def test_odd_names(ann: Person, photo: bytes, name: str, site: BotSite) -> None:
    media = [path.relative_to(site.home / "media").parts[0] for path in (site.home / "media").rglob("*")]
    assert is_answer(ann.sends_file(photo, name))
    assert set(media) >= {path.name for path in (site.home / "media").iterdir()}


def test_a_file_without_a_name(ann: Person, photo: bytes) -> None:
    sent = ann.chat.account.files.photo(photo)[-1]
    document = {key: sent[key] for key in ("file_id", "file_unique_id", "file_size")} | {"mime_type": "image/jpeg"}
    ann.chat.sends({"document": document})
    assert is_answer(ann.hears_answer())


def test_a_photo_quoted_from_another_chat(ann: Person, photo: bytes) -> None:
    origin = {"type": "hidden_user", "sender_user_name": "Ben", "date": 1_700_000_000}
    quoted = {"origin": origin, "photo": ann.chat.account.files.photo(photo)}
    sent = ann.chat.sends({"text": "What is this?", "external_reply": quoted})
    answer = ann.hears_answer()
    assert is_answer(answer) and answer.reply_to == sent.id


def test_a_photo_and_then_the_same_as_a_file(ann: Person, photo: bytes) -> None:
    first, second = ann.sends_photo(photo), ann.sends_file(photo)
    assert first.text == second.text and first.reply_to != second.reply_to


@pytest.mark.parametrize(
    ("content", "size", "words"),
    [
        (b"", None, "The file is empty."),
        (b"\xff\xd8\xff", 20 * 1024 * 1024 + 1, "larger than 20 MB"),
        (b"no picture", None, "This file is not a picture."),
        (b"%PDF-1.7 a book", None, "kind of file is not taken"),
        (as_jpeg(Image.new("RGB", (8, 8))), None, "too small"),
        (as_jpeg(Image.new("RGB", (3000, 20))), None, "too long and thin"),
        (as_jpeg(tiny.crop("coffee.png", 1))[:20000], None, "damaged or was cut off"),
    ],
)
def test_what_is_not_taken(ann: Person, content: bytes, size: int | None, words: str) -> None:
    said = ann.sends_file(content, size=size)
    assert words in said.text and said.reply_to is not None and said.labels == []


@pytest.mark.parametrize(
    "content",
    [
        {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3, "mime_type": "audio/ogg"}},
        {"location": {"latitude": 52.5, "longitude": 13.4}},
        {"document": {"file_id": "d", "file_unique_id": "d", "file_name": "x.jpg", "mime_type": "application/pdf"}},
        {"document": {"file_id": "d", "file_unique_id": "d"}, "caption": "#sea"},
        {"dice": {"emoji": "🎲", "value": 3}},
        {
            "animation": {"file_id": "a", "file_unique_id": "a", "width": 9, "height": 9, "duration": 1},
            "document": {"file_id": "a", "file_unique_id": "a", "mime_type": "video/mp4"},
        },
    ],
)
def test_no_picture(ann: Person, content: dict[str, Any]) -> None:
    ann.chat.sends(content)
    assert ann.hears().text == NOT_LOOKED_AT


def test_a_sticker(ann: Person) -> None:
    ann.chat.sends_sticker()
    assert ann.hears().text == NOT_LOOKED_AT


def test_an_album(ann: Person) -> None:
    pictures = [as_jpeg(tiny.crop(name, number)) for number in (5, 6) for name in ("coffee.png", "rocket.jpg")]
    sent = [ann.chat.sends_photo(picture, album="1") for picture in pictures]
    heard = [ann.hears_answer() for _ in sent]
    assert [message.reply_to for message in heard] == [message.id for message in sent]
    assert all(is_answer(message) for message in heard)
    first = [message.text.split()[3] for message in heard]  # of the five
    assert {first[0], first[2]} <= {"#coffee", "#cup"} and {first[1], first[3]} <= {"#rocket", "#space"}
    ann.hears_nothing_more()


@pytest.mark.skipif(not CASES, reason=f"the hostile set is not there: no {HOSTILE}; set TAG4PIC_TEST_DATA")
def test_hostile_pictures(site: BotSite) -> None:
    """One of each kind and verdict, and all names, each sent by another person."""
    kinds = {(case["group"], case["expected"]["reason"]): case for case in reversed(CASES)}
    chosen = [*kinds.values(), *(case for case in CASES if case["group"] == "name")]
    people = [site.stranger() for _ in chosen]
    for person, case in zip(people, chosen, strict=True):
        content = (HOSTILE / case["file"]).read_bytes()
        person.chat.sends_document(content, case["upload_name"], case["content_type"])
    for person, case in zip(people, chosen, strict=True):
        said, reason = person.hears_answer(), case["expected"]["reason"]
        if not case["content_type"].startswith("image/"):
            assert said.text == NOT_LOOKED_AT, case["id"]
        elif "any_verdict" not in case["expected"]["must"] and "any_reject" not in case["expected"]["must"]:
            assert is_answer(said) if reason == "ok" else said.text == ImageRefused(reason).sentence(), case["id"]


def test_what_nobody_said(ann: Person) -> None:
    ann.chat.sends({"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}})
    ann.hears_nothing_more()
