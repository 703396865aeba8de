"""Bulk changes: the list of them, and undo."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from corpus import curation
from corpus.models import BulkChange, Post

URL = "/admin/corpus/bulkchange/"


def test_it_works(curator: User, curator_client: Client, posts: list[Post]) -> None:
    change = curation.set_status(Post.objects.all(), "approved", curator)
    page = curator_client.get(URL).content.decode()
    assert f'formaction="{URL}{change.pk}/undo/"' in page and "Approved 3 posts" in page
    answer = curator_client.post(f"{URL}{change.pk}/undo/", {"next": "/admin/corpus/post/"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/admin/corpus/post/"
    assert "Undone: Approved 3 posts. 3 rows were put back." in answer.content.decode()
    assert not Post.objects.filter(status="approved").exists()
    assert LogEntry.objects.filter(object_id=posts[0].pk).count() == 2
    assert "undone by carl" in curator_client.get(URL).content.decode()


def test_a_change_is_undone_once(curator: User, curator_client: Client, posts: list[Post]) -> None:
    change = curation.set_status(Post.objects.all(), "approved", curator)
    for _ in range(2):
        answer = curator_client.post(f"{URL}{change.pk}/undo/", follow=True)
    assert "has been undone already" in answer.content.decode()


def test_undo_is_a_post_and_needs_a_permission(curator: User, curator_client: Client, outsider_client: Client) -> None:
    change = BulkChange.objects.create(user=curator, what="x", rows=0, before={})
    assert curator_client.get(f"{URL}{change.pk}/undo/").status_code == 405
    assert outsider_client.post(f"{URL}{change.pk}/undo/").status_code == 403


def test_the_list_asks_few_questions(
    admin_client: Client, curator: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    BulkChange.objects.bulk_create(BulkChange(user=curator, what=f"n{n}", rows=1, before={}) for n in range(60))
    with django_assert_max_num_queries(15):
        admin_client.get(URL)


def test_the_history_of_a_post(curator: User, curator_client: Client, posts: list[Post]) -> None:
    curation.set_status(Post.objects.all(), "approved", curator)
    page = curator_client.get(f"/admin/corpus/post/{posts[0].pk}/history/").content.decode()
    assert "carl" in page and "Approved 3 posts" in page
