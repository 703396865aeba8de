"""Bulk actions on posts: approve, reject, tag, untag, merge, keep apart, on ticked rows or on all that match."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client

from corpus.models import BulkChange, Post

URL = "/admin/corpus/post/"


def act(client: Client, action: str, posts: list[Post], query: str = "", **fields: Any) -> Any:
    selected = [str(post.pk) for post in posts]
    data = {"action": action, "_selected_action": selected, "select_across": "0", **fields}
    return client.post(f"{URL}{query}", data, follow=True)


def statuses() -> dict[str, str]:
    return dict(Post.objects.values_list("external_id", "status"))


def test_it_works(curator_client: Client, posts: list[Post]) -> None:
    page = act(curator_client, "approve", posts[:2]).content.decode()
    assert "Approved 2 posts." in page
    assert statuses() == {"cat": "approved", "twin": "approved", "words": "pending"}
    assert "Undo: Approved 2 posts" in page
    assert LogEntry.objects.filter(object_id=posts[0].pk, user__username="carl").count() == 1


@pytest.mark.parametrize("next", ["javascript:alert(1)", "https://example.com/", "//example.com/"])
def test_cancel_leads_nowhere_else(curator_client: Client, posts: list[Post], next: str) -> None:
    page = act(curator_client, "tag", posts[:1], next=next).content.decode()
    assert next not in page and f'href="{URL}">Cancel</a>' in page
    page = act(curator_client, "tag", posts[:1], next="/admin/").content.decode()
    assert 'href="/admin/">Cancel</a>' in page


def test_reject_and_put_back(curator_client: Client, posts: list[Post]) -> None:
    act(curator_client, "reject", posts[:1])
    assert statuses()["cat"] == "rejected"
    act(curator_client, "put_back", posts[:1])
    assert statuses()["cat"] == "pending"


def test_all_that_match_are_asked_about_first(curator_client: Client, posts: list[Post]) -> None:
    page = act(curator_client, "approve", posts[:1], "?photo=with", select_across="1").content.decode()
    assert "This changes up to 2 posts, all that match the filter." in page
    assert set(statuses().values()) == {"pending"}
    act(curator_client, "approve", posts[:1], "?photo=with", select_across="1", confirmed="1")
    assert statuses() == {"cat": "approved", "twin": "approved", "words": "pending"}


def test_what_changes_nothing_leaves_nothing_to_undo(curator_client: Client, posts: list[Post]) -> None:
    assert "Nothing had to be changed." in act(curator_client, "put_back", posts).content.decode()
    assert not BulkChange.objects.exists()


def test_tag_and_untag(curator_client: Client, posts: list[Post]) -> None:
    page = act(curator_client, "tag", posts).content.decode()
    assert "Add hashtags" in page and 'name="typed"' in page
    act(curator_client, "tag", posts, confirmed="1", typed="#Naïve, 猫 cat")
    assert set(posts[2].hashtags.values_list("key", flat=True)) == {"beach", "sun", "cat", "naïve", "猫"}
    assert posts[2].taggings.get(hashtag__key="猫").origin.startswith("user:")
    act(curator_client, "untag", posts, confirmed="1", typed="cat 猫 naïve")
    assert set(posts[0].hashtags.values_list("key", flat=True)) == {"pet"}


@pytest.mark.parametrize("typed", ["", "foo#!", "x" * 101])
def test_what_is_no_hashtag_is_said(curator_client: Client, posts: list[Post], typed: str) -> None:
    page = act(curator_client, "tag", posts, confirmed="1", typed=typed).content.decode()
    assert "hashtag" in page and 'name="typed"' in page
    assert not BulkChange.objects.exists()


def test_merge(curator_client: Client, posts: list[Post]) -> None:
    page = act(curator_client, "merge", posts[:2]).content.decode()
    assert f'name="into" value="{posts[0].pk}" checked' in page
    act(curator_client, "merge", posts[:2], confirmed="1", into=str(posts[0].pk), give_tags="on")
    posts[1].refresh_from_db()
    assert posts[1].duplicate_of == posts[0]
    assert set(posts[0].hashtags.values_list("key", flat=True)) == {"cat", "pet", "sofa"}
    act(curator_client, "keep_apart", posts[1:2])
    posts[1].refresh_from_db()
    assert (posts[1].duplicate_of_id, posts[1].looks_like) == (None, posts[0])


@pytest.mark.parametrize(("number", "across"), [(1, "0"), (2, "1")])
def test_one_post_or_all_are_not_merged(curator_client: Client, posts: list[Post], number: int, across: str) -> None:
    page = act(curator_client, "merge", posts[:number], select_across=across, confirmed="1").content.decode()
    assert "Tick 2 to 50 posts" in page


def test_the_page_of_a_post_gets_its_curator_back(curator_client: Client, posts: list[Post]) -> None:
    url = f"{URL}{posts[0].pk}/change/"
    answer = act(curator_client, "approve", posts[:1], next=url)
    assert answer.redirect_chain[-1][0] == url
    answer = act(curator_client, "reject", posts[:1], next="https://elsewhere.example/")
    assert answer.redirect_chain[-1][0] == "/admin/"


@pytest.mark.parametrize("ticked", ["²", "x", "9" * 19])
def test_what_is_no_row_is_not_ticked(curator_client: Client, posts: list[Post], ticked: str) -> None:
    data = {"action": "approve", "_selected_action": [str(posts[0].pk), ticked], "select_across": "0"}
    assert "Tick rows of the list" in curator_client.post(URL, data, follow=True).content.decode()
    assert set(statuses().values()) == {"pending"}


def test_looking_is_not_changing(outsider_client: Client, posts: list[Post]) -> None:
    User.objects.get(username="otto").user_permissions.add(Permission.objects.get(codename="view_post"))
    act(outsider_client, "approve", posts)
    assert set(statuses().values()) == {"pending"}
    assert "_selected_action" not in outsider_client.get(URL).content.decode()
    assert 'value="approve"' not in outsider_client.get(f"{URL}{posts[0].pk}/change/").content.decode()
