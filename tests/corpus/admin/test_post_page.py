"""The page of one post, and its thumbnail."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client

from corpus import curation
from corpus.hashtags import parse
from corpus.models import Post, ScrapeRun, Sighting
from tests.curators import MakePost


def test_it_works(curator_client: Client, posts: list[Post]) -> None:
    run = ScrapeRun.objects.create(source=posts[0].source, tag="sunset", limit=10)
    Sighting.objects.create(post=posts[0], run=run, position=17)
    Post.objects.filter(pk=posts[0].pk).update(taken=datetime(2019, 5, 4, tzinfo=UTC), caption="A cat\nsleeps")
    page = curator_client.get(f"/admin/corpus/post/{posts[0].pk}/change/").content.decode()
    for text in ("A cat\nsleeps", "import:1", "May 4, 2019", "#sofa", "#sunset, recent", "<td>17</td>", "64 × 48"):
        assert text in page
    assert f'href="/admin/corpus/post/{posts[1].pk}/change/"' in page


def test_it_says_who_gave_a_hashtag(curator: User, curator_client: Client, posts: list[Post]) -> None:
    curation.add_hashtags(Post.objects.filter(pk=posts[0].pk), [parse("fur")], curator)
    page = curator_client.get(f"/admin/corpus/post/{posts[0].pk}/change/").content.decode()
    assert f"<td>user:{curator.pk} (carl)</td>" in page


@pytest.mark.parametrize("id", ["0", "999999", "x", "9" * 40, "²", "-1"])
def test_no_such_post(curator_client: Client, db: None, id: str) -> None:
    answer = curator_client.get(f"/admin/corpus/post/{id}/change/", follow=True)
    assert "doesn’t exist" in answer.content.decode()


def test_it_takes_no_form(admin_client: Client, posts: list[Post]) -> None:
    answer = admin_client.post(f"/admin/corpus/post/{posts[0].pk}/change/", {"status": "approved"})
    assert answer.status_code == 405


def test_thumbnail(curator_client: Client, posts: list[Post]) -> None:
    answer = curator_client.get(f"/admin/corpus/post/{posts[0].pk}/picture.jpg")
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, max-age=86400"


def test_no_thumbnail(curator_client: Client, posts: list[Post], make_post: MakePost) -> None:
    gone = make_post("gone", "cat", colour="red")
    gone.thumbnail_path.unlink()
    for id in (posts[2].pk, gone.pk, 999999):
        assert curator_client.get(f"/admin/corpus/post/{id}/picture.jpg").status_code == 404


def test_thumbnails_are_for_staff_that_sees_posts(client: Client, outsider_client: Client, posts: list[Post]) -> None:
    url = f"/admin/corpus/post/{posts[0].pk}/picture.jpg"
    assert outsider_client.get(url).status_code == 403
    assert client.get(url).status_code == 302
