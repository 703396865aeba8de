"""Fixtures of contributions: people, and photos of theirs that both models have answered."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from corpus.hashtags import Tag
from corpus.ingest import ensure_hashtags
from predictor.contributions import contributing
from predictor.models import Contribution, ModelVersion, Suggestion, Upload
from tests.corpus.sources import picture

MakeAnswered = Callable[..., Upload]
Give = Callable[..., Contribution]


@pytest.fixture
def ann(db: None) -> User:
    """Somebody who is not trusted."""
    return User.objects.create_user("ann")


@pytest.fixture
def trusted(db: None) -> list[User]:
    """Three trusted people who are no staff."""
    people = [User.objects.create_user(name) for name in ("tia", "tom", "tess")]
    for person in people:
        person.groups.add(Group.objects.get(name="trusted"))
    return people


@pytest.fixture
def moderator(db: None) -> User:
    return User.objects.create_user("mo", is_staff=True)


@pytest.fixture
def vocabulary(db: None) -> None:
    """Let the site know some hashtags."""
    ensure_hashtags(Tag(key, key) for key in ("sea", "sun", "beach", "sand", "boat"))


@pytest.fixture
def upload(client: Client, make_answered: MakeAnswered) -> Upload:
    """An answered photo of `client`'s browser session."""
    session = client.session
    session["owner"] = uuid.uuid4().hex
    session.save()
    return make_answered(owner_token=session["owner"])


@pytest.fixture
def make_answered(versions: dict[str, ModelVersion], vocabulary: None, home: Path) -> MakeAnswered:
    """Return a maker of uploads for which `als` suggests sea, sun and beach, and `w2v` sea, sand and boat.

    Photos of other seeds look different; the same seed in another quality is the same photo in other bytes.
    """

    def make(owner: User | None = None, seed: int = 1, quality: int = 90, **fields: Any) -> Upload:
        id = uuid.uuid4()
        upload = Upload(pk=id, owner=owner, state=Upload.State.DONE, width=96, height=64, sha256="c" * 64, **fields)
        upload.owner_token = upload.owner_token or uuid.uuid4().hex
        upload.display, upload.answered_by = f"uploads/{id}.jpg", "als:1 w2v:2"
        upload.display_path.parent.mkdir(exist_ok=True)
        picture(upload.display_path, seed, quality)
        upload.save(force_insert=True)
        for kind, tags in (("als", ["sea", "sun", "beach"]), ("w2v", ["sea", "sand", "boat"])):
            for rank, tag in enumerate(tags, 1):
                Suggestion.objects.create(
                    upload=upload, version=versions[kind], rank=rank, tag=tag, score=1 / rank, prior=0.1
                )
        return upload

    return make


@pytest.fixture
def give(make_answered: MakeAnswered) -> Give:
    """Return a giver of contributions; every call is about another photo, unless it names a seed."""
    seeds = iter(range(100, 10_000))

    def make(person: User | None = None, *added: str, kept: tuple[str, ...] = ("sea",), **photo: Any) -> Contribution:
        upload = make_answered(person, **{"seed": next(seeds), **photo})
        return contributing.contribute(upload, person, kept, [], added, False)

    return make
