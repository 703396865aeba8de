"""The overview: what waits, and charts with their numbers as text."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from corpus import statistics
from corpus.models import Hashtag, ImportRun, PopularHashtag, Post, Source


@pytest.mark.usefixtures("no_list")
def test_it_works(curator_client: Client, posts: list[Post]) -> None:
    Post.objects.exclude(external_id="words").update(status="approved")
    PopularHashtag.objects.create(key="cat", wanted=2)
    PopularHashtag.objects.create(key="vscocam")
    statistics.refresh()
    answer = curator_client.get("/admin/")
    context, page = answer.context, answer.content.decode()
    assert context["totals"] == {"posts": 3, "approved": 2, "photos": 2, "hashtags": 3}
    assert context["waiting"] == {"pending": 1, "apart": 1, "imports": 0, "scrapes": 0}
    assert [(row.label, row.number) for row in context["tags_per_post"]] == [("2", 2)]
    assert [(row.label, row.number) for row in context["top"]][0] == ("#cat", 2)
    assert context["coverage"]["full"] == 1 and context["coverage"]["number"] == 2
    assert 'aria-label="approved 2 pending 1 rejected 0 "' in page
    assert "1 of 2 have as many posts as wanted." in page and "3 hashtags by rank" in page


def test_imports_under_way_are_those_that_are_heard_of(curator_client: Client, source: Source) -> None:
    working, silent = (ImportRun.objects.create(source=source) for _ in range(2))
    ImportRun.objects.create(source=source, state=ImportRun.State.DONE)
    ImportRun.objects.filter(pk=silent.pk).update(updated=timezone.now() - 1.5 * ImportRun.SILENCE)
    assert curator_client.get("/admin/").context["waiting"]["imports"] == 1
    assert list(ImportRun.objects.under_way()) == [working]
    assert [run.pk for run in ImportRun.objects.all() if run.is_broken_off] == [silent.pk]


def test_an_empty_corpus(curator_client: Client, db: None) -> None:
    assert "No source yet." in curator_client.get("/admin/").content.decode()


def test_who_may_not_see_posts_sees_no_numbers(outsider_client: Client, posts: list[Post]) -> None:
    answer = outsider_client.get("/admin/")
    assert answer.status_code == 200 and "totals" not in answer.context


def test_it_asks_few_questions(
    admin_client: Client, posts: list[Post], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Hashtag.objects.update(posts_number=5)
    with django_assert_max_num_queries(15):
        admin_client.get("/admin/")
