"""The list of posts: a grid of pictures with hashtags, its filters and its search."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from corpus.admin.posts import PostAdmin
from corpus.models import Hashtag, ImportRun, Post
from tests.curators import MakePost

URL = "/admin/corpus/post/"


def shown(client: Client, query: str = "") -> list[str]:
    """Return the ids of the posts that a list shows."""
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 200
    return sorted(post.external_id for post in answer.context["cl"].result_list)


def test_it_works(curator_client: Client, posts: list[Post]) -> None:
    page = curator_client.get(URL).content.decode()
    assert f'src="/admin/corpus/post/{posts[0].pk}/picture.jpg" width="64" height="48" loading="lazy"' in page
    assert 'alt="Photo of post cat #cat #pet"' in page
    assert '<span class="t-words"><span>#beach</span> <span>#sun</span> </span>' in page
    assert page.count('name="_selected_action"') == 3
    assert "lookalike" in page and "pending" in page and "train" in page


def test_it_asks_the_same_few_questions_for_many_posts(
    admin_client: Client, make_post: MakePost, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        make_post(f"p{number}", "cat", f"tag{number}", colour="teal")
    with django_assert_max_num_queries(15):
        admin_client.get(URL)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status__exact=approved", []),
        ("status__exact=pending&photo=with", ["cat", "twin"]),
        ("photo=without", ["words"]),
        ("duplicates=apart", ["twin"]),
        ("duplicates=has", ["cat"]),
        ("duplicates=none", ["cat", "words"]),
        ("duplicates=aside", []),
        ("split__exact=dev", []),
        ("created_from=2020-01-01&created_to=2020-01-02", ["words"]),
        ("created_from=2020-01-03", ["cat", "twin"]),
        ("created_from=nonsense", ["cat", "twin", "words"]),
    ],
)
def test_filters(curator_client: Client, posts: list[Post], query: str, found: list[str]) -> None:
    Post.objects.filter(external_id="words").update(created=datetime(2020, 1, 2, 23, 59, tzinfo=UTC))
    assert shown(curator_client, query) == found


def test_filter_by_hashtag_takes_aliases_too(curator_client: Client, posts: list[Post]) -> None:
    sun, pet = Hashtag.objects.get(key="sun"), Hashtag.objects.get(key="pet")
    assert shown(curator_client, f"hashtags__id__exact={pet.pk}") == ["cat"]
    Hashtag.objects.filter(pk=sun.pk).update(alias_of=pet)
    assert shown(curator_client, f"hashtags__id__exact={pet.pk}") == ["cat", "words"]


def test_filter_by_import(curator_client: Client, posts: list[Post]) -> None:
    run = ImportRun.objects.create(source=posts[0].source)
    Post.objects.filter(pk=posts[0].pk).update(import_run=run)
    assert shown(curator_client, f"import_run__id__exact={run.pk}") == ["cat"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("%23CA", ["cat", "twin"]),
        ("sof", ["twin"]),
        ("the+sea", ["words"]),
        ("cat+sofa", ["twin"]),
        ("wor", ["words"]),
        ("%23wor", []),
        ("%23", []),
        ("%25", []),
        ("'\"<", []),
    ],
)
def test_search(curator_client: Client, posts: list[Post], words: str, found: list[str]) -> None:
    assert shown(curator_client, f"q={words}") == found


def test_staff_without_a_group_see_nothing(outsider_client: Client, posts: list[Post]) -> None:
    assert outsider_client.get(URL).status_code == 403


def test_nobody_deletes_posts(administrator_client: Client, admin_client: Client, posts: list[Post]) -> None:
    for client in (administrator_client, admin_client):
        assert client.post(f"{URL}{posts[0].pk}/delete/", {"post": "yes"}).status_code == 403
        data = {"action": "delete_selected", "_selected_action": [posts[0].pk], "post": "yes"}
        client.post(URL, data)
        assert "delete_selected" not in client.get(URL).content.decode()
    assert Post.objects.count() == 3


@pytest.mark.parametrize(
    "query",
    [
        "hashtags__id__exact=²",
        "hashtags__id__exact=x",
        f"hashtags__id__exact={'9' * 19}",
        "import_run__id__exact=²",
        f"import_run__id__exact={'9' * 19}",
        f"source__exact={'9' * 19}",
        "status__exact=%00",
    ],
)
def test_filters_that_make_no_sense_lead_to_the_whole_list(
    curator_client: Client, posts: list[Post], query: str
) -> None:
    assert curator_client.get(f"{URL}?{query}", follow=True).redirect_chain == [(f"{URL}?e=1", 302)]
    answer = curator_client.post(f"{URL}export/?{query}", {"format": "0", "resource": ""}, follow=True)
    assert answer.redirect_chain == [(URL, 302)]


@pytest.mark.parametrize("query", ["created_to=9999-12-31", "created_from=0001-01-01", "created_to=2020-02-31"])
def test_days_at_the_ends_of_the_calendar(curator_client: Client, posts: list[Post], query: str) -> None:
    assert shown(curator_client, query) == ["cat", "twin", "words"]


def test_a_day_at_the_end_of_the_calendar_in_the_east(
    settings: Settings, curator_client: Client, posts: list[Post]
) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    assert shown(curator_client, "created_from=0001-01-01") == ["cat", "twin", "words"]


def test_a_page_fits_into_one_form(settings: Settings) -> None:
    """Django takes only so many fields of a form: every row of a page may be ticked."""
    assert PostAdmin.list_per_page + 10 < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
