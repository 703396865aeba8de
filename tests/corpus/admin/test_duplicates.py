"""The report of duplicates: groups side by side, and what is decided about them."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models.signals import post_init
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from corpus import curation
from corpus.models import Post
from tests.curators import MakePost

URL = "/admin/corpus/post/duplicates/"


def groups(client: Client, query: str = "") -> list[tuple[str, list[str]]]:
    found = client.get(f"{URL}?{query}").context["groups"]
    return [(group.root.external_id, [post.external_id for post in group.members]) for group in found]


def test_it_works(curator_client: Client, posts: list[Post]) -> None:
    assert groups(curator_client) == [("cat", ["twin"])]
    page = curator_client.get(URL).content.decode()
    assert "Kept apart" in page and "#sofa" in page and "1 group" in page
    answer = curator_client.post(URL, {"verdict": "aside", "into": posts[0].pk, "post": [posts[1].pk]}, follow=True)
    assert "1 post set aside" in answer.content.decode()
    posts[1].refresh_from_db()
    assert posts[1].duplicate_of == posts[0]
    assert groups(curator_client, "shown=apart") == []
    assert groups(curator_client, "shown=aside") == [("cat", ["twin"])]


def test_their_hashtags_are_given_on_request(curator_client: Client, posts: list[Post]) -> None:
    data = {"verdict": "aside", "into": posts[0].pk, "post": [posts[1].pk], "give_tags": "1"}
    curator_client.post(URL, data)
    assert set(posts[0].hashtags.values_list("key", flat=True)) == {"cat", "pet", "sofa"}


def test_keep_apart(curator_client: Client, posts: list[Post]) -> None:
    Post.objects.filter(pk=posts[1].pk).update(duplicate_of=posts[0])
    curator_client.post(URL, {"verdict": "apart", "post": [posts[1].pk]})
    assert groups(curator_client, "shown=apart") == [("cat", ["twin"])]


def test_a_post_that_was_merged_elsewhere_stands_there(
    curator: User, curator_client: Client, posts: list[Post]
) -> None:
    curation.merge(Post.objects.filter(pk=posts[1].pk), posts[2], curator)
    assert groups(curator_client) == [("words", ["twin"])]


def test_nothing_ticked_changes_nothing(curator_client: Client, posts: list[Post]) -> None:
    answer = curator_client.post(URL, {"verdict": "aside", "into": posts[0].pk}, follow=True)
    assert "Nothing had to be changed." in answer.content.decode()


@pytest.mark.parametrize("text", ["", "x", "9" * 40, "-1"])
def test_senseless_fields(curator_client: Client, posts: list[Post], text: str) -> None:
    assert curator_client.get(URL, {"p": text, "source": text, "shown": text}).status_code == 200
    assert curator_client.post(URL, {"verdict": text, "into": text, "post": text}, follow=True).status_code == 200
    assert not Post.objects.exclude(duplicate_of=None).exists()


def test_many_groups_ask_few_questions(
    admin_client: Client, make_post: MakePost, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(15):
        make_post(f"copy{number}", "cat", looks_like=make_post(f"root{number}", "cat", colour="red"))
    with django_assert_max_num_queries(15):
        answer = admin_client.get(URL)
    assert len(answer.context["groups"]) == 12
    assert len(groups(admin_client, "p=2")) == 3


def test_of_a_large_group_no_more_is_read_than_is_shown(
    admin_client: Client, make_post: MakePost, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    root, other = make_post("root", "cat"), make_post("other", "cat")
    copies = [Post(source=root.source, external_id=f"copy{n}", looks_like=root) for n in range(60)]
    Post.objects.bulk_create(copies)
    Post.objects.filter(external_id__in=["copy0", "copy1"]).update(duplicate_of=other)
    made: list[Post] = []

    def remember(instance: Post, **kwargs: Any) -> None:
        made.append(instance)

    post_init.connect(remember, sender=Post)
    try:
        with django_assert_max_num_queries(15):
            found = {group.root.pk: group for group in admin_client.get(URL).context["groups"]}
    finally:
        post_init.disconnect(remember, sender=Post)
    assert len(made) == 2 + 24 + 2
    assert [post.external_id for post in found[root.pk].members] == [f"copy{n}" for n in range(2, 26)]
    assert found[root.pk].more == 34
    assert [post.external_id for post in found[other.pk].members] == ["copy0", "copy1"] and not found[other.pk].more


def test_it_needs_a_permission(outsider_client: Client, posts: list[Post]) -> None:
    assert outsider_client.get(URL).status_code == 403
    assert outsider_client.post(URL, {"verdict": "apart", "post": [posts[1].pk]}).status_code == 403
