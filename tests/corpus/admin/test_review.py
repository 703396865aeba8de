"""The review: one post at a time, a verdict is one POST, and the last one can be taken back."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from corpus import curation
from corpus.models import BulkChange, Hashtag, Post
from tests.curators import MakePost

URL = "/admin/corpus/post/review/"


def decide(client: Client, verdict: str, post: Post, **fields: object) -> Any:
    return client.post(URL, {"verdict": verdict, "post": post.pk, **fields}, follow=True)


def test_it_works(curator_client: Client, posts: list[Post]) -> None:
    Post.objects.filter(external_id="words").update(review_priority=0.9)
    answer = curator_client.get(URL)
    assert answer.context["post"] == posts[2] and answer.context["following"] == posts[0]
    page = answer.content.decode()
    assert "0 decided today, 3 left" in page and "At the sea" in page
    assert f'<link rel="prefetch" as="image" href="/admin/corpus/post/{posts[0].pk}/picture.jpg">' in page
    answer = decide(curator_client, "approve", posts[2])
    assert answer.context["post"] == posts[0]
    assert "1 decided today, 2 left" in answer.content.decode()
    posts[2].refresh_from_db()
    assert posts[2].status == "approved"


def test_a_verdict_is_few_queries(admin_client: Client, posts: list[Post]) -> None:
    admin_client.get(URL)
    with CaptureQueriesContext(connection) as asked:
        admin_client.post(URL, {"verdict": "approve", "post": posts[0].pk})
    real = [row["sql"] for row in asked if "SAVEPOINT" not in row["sql"]]
    assert len(real) <= 10, real


def test_reject(curator_client: Client, posts: list[Post]) -> None:
    decide(curator_client, "reject", posts[0])
    posts[0].refresh_from_db()
    assert posts[0].status == "rejected"


def test_unticked_hashtags_go_and_come_back_with_undo(curator_client: Client, posts: list[Post]) -> None:
    cat, pet = (tagging.hashtag_id for tagging in posts[0].taggings.all())
    answer = decide(curator_client, "approve", posts[0], shown=[cat, pet], tag=[cat])
    assert list(posts[0].hashtags.values_list("key", flat=True)) == ["cat"]
    changes = [change.pk for change in answer.context["undoable"]]
    assert len(changes) == 2
    answer = decide(curator_client, "undo", posts[1], change=changes)
    posts[0].refresh_from_db()
    assert posts[0].status == "pending"
    assert set(posts[0].hashtags.values_list("key", flat=True)) == {"cat", "pet"}
    assert answer.context["post"] == posts[0] and answer.context["decided"] == 0


def test_undo_takes_a_whole_verdict_back_after_other_keys(curator_client: Client, posts: list[Post]) -> None:
    cat, pet = (tagging.hashtag_id for tagging in posts[0].taggings.all())
    decide(curator_client, "approve", posts[0], shown=[cat, pet], tag=[cat])
    decide(curator_client, "later", posts[1])
    changes = [change.pk for change in curator_client.get(URL).context["undoable"]]
    decide(curator_client, "undo", posts[2], change=changes)
    posts[0].refresh_from_db()
    assert posts[0].status == "pending" and posts[0].hashtags.count() == 2


def test_undo_goes_back_verdict_by_verdict(curator_client: Client, posts: list[Post]) -> None:
    for post in posts[:2]:
        decide(curator_client, "reject", post)
    for post in (posts[1], posts[0]):
        [change] = curator_client.get(URL).context["undoable"]
        assert decide(curator_client, "undo", posts[2], change=change.pk).context["post"] == post
    assert set(Post.objects.values_list("status", flat=True)) == {"pending"}
    assert curator_client.get(URL).context["undoable"] == []


def test_what_was_undone_elsewhere_is_not_offered(curator: User, curator_client: Client, posts: list[Post]) -> None:
    first = decide(curator_client, "reject", posts[0]).context["undoable"]
    [change] = decide(curator_client, "reject", posts[1]).context["undoable"]
    curation.undo(change, curator)
    assert curator_client.get(URL).context["undoable"] == first


def test_undo_leaves_bulk_changes_alone(curator: User, curator_client: Client, posts: list[Post]) -> None:
    change = curation.set_status(Post.objects.all(), "approved", curator)
    assert curator_client.get(URL).context["undoable"] == []
    for fields in ({}, {"change": change.pk}):
        answer = decide(curator_client, "undo", posts[0], **fields)
        assert "There is nothing of yours to undo." in answer.content.decode()
    assert set(Post.objects.values_list("status", flat=True)) == {"approved"}


def test_an_alias_that_stays_ticked_stays(curator_client: Client, posts: list[Post]) -> None:
    cat, pet = (tagging.hashtag for tagging in posts[0].taggings.select_related("hashtag"))
    Hashtag.objects.filter(pk=pet.pk).update(alias_of=cat)
    decide(curator_client, "approve", posts[0], shown=[cat.pk, pet.pk], tag=[pet.pk])
    posts[0].refresh_from_db()
    assert posts[0].status == "approved"
    assert list(posts[0].hashtags.values_list("key", flat=True)) == ["pet"]


def test_a_post_without_hashtags_is_not_approved(curator_client: Client, posts: list[Post]) -> None:
    """Somebody else has taken away what this curator left ticked."""
    cat, pet = (tagging.hashtag_id for tagging in posts[0].taggings.all())
    posts[0].taggings.filter(hashtag=pet).delete()
    answer = decide(curator_client, "approve", posts[0], shown=[cat, pet], tag=[pet])
    assert "Leave at least one hashtag ticked" in answer.content.decode()
    posts[0].refresh_from_db()
    assert posts[0].status == "pending" and not BulkChange.objects.exists()
    assert list(posts[0].taggings.values_list("hashtag", flat=True)) == [cat]


def test_hashtags_of_other_posts_stay_where_they_are(curator_client: Client, posts: list[Post]) -> None:
    sofa = Hashtag.objects.get(key="sofa")
    answer = decide(curator_client, "approve", posts[0], shown=[sofa.pk])
    assert [change.what for change in answer.context["undoable"]] == ["Approved 1 post"]
    assert set(posts[1].hashtags.values_list("key", flat=True)) == {"cat", "sofa"}


def test_only_decisions_over_posts_are_counted(curator: User, curator_client: Client, posts: list[Post]) -> None:
    curation.set_hashtag_status(Hashtag.objects.all(), "spam", curator)
    decide(curator_client, "reject", posts[0])
    assert curator_client.get(URL).context["decided"] == 1


def test_a_post_keeps_a_hashtag(curator_client: Client, posts: list[Post]) -> None:
    shown = [tagging.hashtag_id for tagging in posts[0].taggings.all()]
    answer = decide(curator_client, "approve", posts[0], shown=shown)
    assert "Leave at least one hashtag ticked" in answer.content.decode()
    assert not BulkChange.objects.exists() and answer.context["post"] == posts[0]


def test_duplicate(curator_client: Client, posts: list[Post]) -> None:
    decide(curator_client, "duplicate", posts[1])
    posts[1].refresh_from_db()
    assert posts[1].duplicate_of == posts[0]
    answer = decide(curator_client, "duplicate", posts[2])
    assert "looks like no other one" in answer.content.decode()


def test_later(curator_client: Client, posts: list[Post]) -> None:
    assert decide(curator_client, "later", posts[0]).context["post"] == posts[1]
    assert decide(curator_client, "later", posts[1]).context["post"] == posts[2]
    assert decide(curator_client, "later", posts[2]).context["post"] == posts[0]


def test_two_curators_at_one_post(curator_client: Client, admin_client: Client, posts: list[Post]) -> None:
    decide(curator_client, "reject", posts[0])
    answer = decide(admin_client, "approve", posts[0])
    assert "Somebody else has decided on this post meanwhile." in answer.content.decode()
    posts[0].refresh_from_db()
    assert posts[0].status == "rejected" and BulkChange.objects.count() == 1


@pytest.mark.parametrize("verdict", ["approve", "reject", "duplicate"])
def test_the_second_of_two_verdicts_changes_nothing(
    curator_client: Client, admin_client: Client, posts: list[Post], verdict: str
) -> None:
    shown = [tagging.hashtag_id for tagging in posts[1].taggings.all()]
    decide(curator_client, "approve", posts[1], shown=shown, tag=shown)
    answer = decide(admin_client, verdict, posts[1], shown=shown, tag=shown[:1])
    assert "Somebody else has decided on this post meanwhile." in answer.content.decode()
    posts[1].refresh_from_db()
    assert (posts[1].status, posts[1].duplicate_of, posts[1].hashtags.count()) == ("approved", None, 2)
    assert [change.what for change in BulkChange.objects.all()] == ["Approved 1 post"]


def test_nobody_undoes_what_others_did(curator_client: Client, admin_client: Client, posts: list[Post]) -> None:
    change = decide(curator_client, "reject", posts[0]).context["undoable"][0]
    answer = decide(admin_client, "undo", posts[1], change=change.pk)
    assert "There is nothing of yours to undo." in answer.content.decode()


def test_a_post_with_very_many_hashtags(curator_client: Client, make_post: MakePost) -> None:
    post = make_post("many", *(f"tag{number}" for number in range(230)))
    shown = [tagging.hashtag_id for tagging in post.taggings.all()[:200]]
    assert curator_client.get(URL).content.decode().count('name="shown"') == 200
    decide(curator_client, "approve", post, shown=shown, tag=shown[1:])
    post.refresh_from_db()
    assert post.status == "approved" and post.hashtags.count() == 229


def test_nothing_waits(curator_client: Client, db: None) -> None:
    assert "Nothing waits for a decision." in curator_client.get(URL).content.decode()


@pytest.mark.parametrize("verdict", ["", "love"])
def test_no_such_verdict(curator_client: Client, posts: list[Post], verdict: str) -> None:
    assert "Choose one of the verdicts." in decide(curator_client, verdict, posts[0]).content.decode()


@pytest.mark.parametrize("post", ["", "-1", "x", "9" * 30])
def test_no_such_post(curator_client: Client, db: None, post: str) -> None:
    for verdict in ("approve", "reject", "duplicate", "later"):
        assert curator_client.post(URL, {"verdict": verdict, "post": post}, follow=True).status_code == 200
        assert curator_client.post(URL, {"verdict": "undo", "change": post}, follow=True).status_code == 200
    assert curator_client.get(URL, {"post": post}).status_code == 200


def test_it_needs_a_permission(outsider_client: Client, posts: list[Post]) -> None:
    assert outsider_client.get(URL).status_code == 403
    assert outsider_client.post(URL, {"verdict": "approve", "post": posts[0].pk}).status_code == 403
    assert not User.objects.get(username="otto").bulk_changes.exists()
