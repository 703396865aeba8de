"""Downloading a picture: within limits of size and time, and without following its server elsewhere."""

from pathlib import Path

import pytest
import requests

from corpus.scraping import client, pictures
from tests.corpus.scraping.instagram import PICTURES, Instagram


@pytest.fixture
def session(instagram: Instagram) -> requests.Session:
    return client.Context(print).get_anonymous_session()


def test_it_works(session: requests.Session, instagram: Instagram, tmp_path: Path) -> None:
    pictures.download(session, f"{PICTURES}R00.jpg", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == instagram.pictures["R00.jpg"]


@pytest.mark.parametrize(("status", "is_outage"), [(404, False), (403, False), (301, False), (503, True), (0, True)])
def test_other_answers(
    session: requests.Session, instagram: Instagram, tmp_path: Path, status: int, is_outage: bool
) -> None:
    instagram.say("R00", status, b"x", Location="https://evil.org/")
    with pytest.raises(pictures.PictureError) as caught:
        pictures.download(session, f"{PICTURES}R00.jpg", tmp_path / "x")
    assert caught.value.is_outage is is_outage
    assert len(instagram.asked) == 1


@pytest.mark.parametrize("url", ["", "no address", "https://evil.org/x.jpg", "file:///etc/passwd", "https://[", "\0"])
def test_addresses_of_no_use(session: requests.Session, instagram: Instagram, tmp_path: Path, url: str) -> None:
    with pytest.raises(pictures.PictureError, match="address is of no use"):
        pictures.download(session, url, tmp_path / "x")
    assert instagram.asked == []


def test_a_huge_picture_is_left(session: requests.Session, instagram: Instagram, tmp_path: Path) -> None:
    instagram.say("R00", 200, b"x" * (pictures.MOST_BYTES + 1))
    with pytest.raises(pictures.PictureError, match="larger than 20 MB"):
        pictures.download(session, f"{PICTURES}R00.jpg", tmp_path / "x")
    assert (tmp_path / "x").stat().st_size <= pictures.MOST_BYTES


def test_half_a_picture(session: requests.Session, instagram: Instagram, tmp_path: Path) -> None:
    instagram.say("R00", 200, b"half", Content_Length="4000")
    with pytest.raises(pictures.PictureError) as caught:
        pictures.download(session, f"{PICTURES}R00.jpg", tmp_path / "x")
    assert caught.value.is_outage


def test_a_slow_picture(
    session: requests.Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instagram: Instagram
) -> None:
    monkeypatch.setattr(pictures, "SECONDS", -1.0)
    with pytest.raises(pictures.PictureError, match="too slowly"):
        pictures.download(session, f"{PICTURES}R00.jpg", tmp_path / "x")


def test_a_file_that_cannot_be_written(session: requests.Session, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        pictures.download(session, f"{PICTURES}R00.jpg", tmp_path / "nowhere" / "x")
