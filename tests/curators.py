"""Fixtures of the admin: a small corpus, staff of each kind, and clients that they are logged in with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from PIL import Image

from corpus.hashtags import parse
from corpus.ingest import ensure_hashtags
from corpus.models import Hashtag, ImportRun, PopularHashtag, Post, Source, Tagging

HOSTILE = "\"><script>alert(1)</script><img src=x onerror='alert(2)'><b x-init='alert(3)'>\" onerror="
MakePost = Callable[..., Post]


@pytest.fixture
def source(db: None) -> Source:
    return Source.objects.create(name="mine", kind=Source.Kind.FOLDER)


@pytest.fixture
def no_list(db: None) -> None:
    """Forget the list of popular hashtags that every home begins with."""
    PopularHashtag.objects.all().delete()


@pytest.fixture
def make_post(source: Source, home: Path) -> MakePost:
    """Return a maker of posts, with a thumbnail where a colour is given."""

    def make(external_id: str, *tags: str, colour: str = "", **fields: Any) -> Post:
        post = Post(source=source, external_id=external_id, **{"status": Post.Status.PENDING, **fields})
        if colour:
            post.sha256, post.image = external_id.ljust(64, "0"), f"posts/{external_id}.jpeg"
            post.width, post.height = 64, 48
        post.save()
        if colour:
            post.thumbnail_path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (64, 48), colour).save(post.thumbnail_path, "JPEG")
        known = ensure_hashtags(parse(tag) for tag in tags)
        for position, tag in enumerate(tags):
            hashtag = known[parse(tag).key]
            Tagging.objects.create(post=post, hashtag=hashtag, position=position, source=source, origin="import:1")
        return post

    return make


@pytest.fixture
def posts(make_post: MakePost) -> list[Post]:
    """Make three posts that wait: a photo of a cat, one that looks like it, and a list of hashtags."""
    cat = make_post("cat", "cat", "pet", colour="teal")
    twin = make_post("twin", "cat", "sofa", colour="teal", looks_like=cat)
    return [cat, twin, make_post("words", "beach", "sun", caption="At the sea")]


@pytest.fixture
def hostile(make_post: MakePost, source: Source) -> Post:
    """Make a post whose every text is markup, as far as the tables take it."""
    Source.objects.filter(pk=source.pk).update(name=HOSTILE)
    post = make_post("x", "cat", colour="red", caption=HOSTILE)
    run = ImportRun.objects.create(source=source, message=HOSTILE, refusals=[HOSTILE], counts={"refused": {HOSTILE: 1}})
    Post.objects.filter(pk=post.pk).update(external_id=HOSTILE, import_run=run)
    Hashtag.objects.filter(key="cat").update(display=HOSTILE, status="restricted", status_source=HOSTILE)
    Tagging.objects.filter(post=post).update(origin=HOSTILE[:100])
    post.refresh_from_db()
    return post


def staff(name: str, *groups: str) -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


@pytest.fixture
def curator(db: None) -> User:
    return staff("carl", "curator")


@pytest.fixture
def curator_client(curator: User) -> Client:
    client = Client()
    client.force_login(curator)
    return client


@pytest.fixture
def administrator_client(db: None) -> Client:
    client = Client()
    client.force_login(staff("ada", "administrator"))
    return client


@pytest.fixture
def outsider_client(db: None) -> Client:
    """Staff without any group."""
    client = Client()
    client.force_login(staff("otto"))
    return client
