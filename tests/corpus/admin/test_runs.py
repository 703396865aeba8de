"""Imports and scrapes: lists, pages that keep themselves up to date, and the buttons that steer them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from corpus import queue
from corpus.models import ImportRun, ScrapeRun, Source

IMPORTS, SCRAPES = "/admin/corpus/importrun/", "/admin/corpus/scraperun/"


@pytest.fixture(autouse=True)
def enqueued_scrapes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    ids: list[int] = []
    monkeypatch.setattr(queue, "_enqueue", ids.append)
    return ids


@pytest.fixture
def running(source: Source) -> ImportRun:
    counts = {"read": 420, "new": 300, "refused": {"no hashtag": 20}}
    return ImportRun.objects.create(source=source, total=1000, counts=counts, refusals=["line 12 has no usable tag"])


@pytest.fixture
def scrape(source: Source) -> ScrapeRun:
    return ScrapeRun.objects.create(source=source, tag="sunset", limit=500, position=130, log="12:00 page 2")


def test_it_works(curator_client: Client, running: ImportRun, scrape: ScrapeRun) -> None:
    page = curator_client.get(f"{IMPORTS}{running.pk}/change/").content.decode()
    assert f'hx-get="{IMPORTS}{running.pk}/progress/" hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    for text in ("42 %", "refused: no hashtag", "line 12 has no usable tag", f"import_run__id__exact={running.pk}"):
        assert text in page
    page = curator_client.get(f"{SCRAPES}{scrape.pk}/change/").content.decode()
    for text in ("130 of 500 posts", "#sunset, recent posts", "12:00 page 2", "hx-get"):
        assert text in page


def test_the_part_that_changes_stops_asking_at_the_end(curator_client: Client, running: ImportRun) -> None:
    url = f"{IMPORTS}{running.pk}/progress/"
    assert "hx-get" in curator_client.get(url).content.decode()
    running.end(ImportRun.State.DONE, "All is there.")
    page = curator_client.get(url).content.decode()
    assert "hx-get" not in page and "All is there." in page and "<html" not in page


def test_a_silent_import_counts_as_broken_off(curator_client: Client, running: ImportRun) -> None:
    ImportRun.objects.filter(pk=running.pk).update(updated=timezone.now() - timedelta(minutes=3))
    assert "broken off" in curator_client.get(IMPORTS).content.decode()
    page = curator_client.get(f"{IMPORTS}{running.pk}/change/").content.decode()
    assert "Start the same command again" in page and f"{running.pk}/progress/" not in page


def test_cancel_an_import(administrator_client: Client, running: ImportRun) -> None:
    answer = administrator_client.post(f"{IMPORTS}{running.pk}/cancel/", follow=True)
    assert "stops before its next batch" in answer.content.decode()
    running.refresh_from_db()
    assert running.cancel_wanted
    assert "ada" in administrator_client.get(f"{IMPORTS}{running.pk}/history/").content.decode()


def test_steer_a_scrape(
    administrator_client: Client,
    scrape: ScrapeRun,
    enqueued_scrapes: list[int],
    django_capture_on_commit_callbacks: object,
) -> None:
    for verb, state in (("pause", "paused"), ("resume", "new"), ("cancel", "cancelled")):
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            administrator_client.post(f"{SCRAPES}{scrape.pk}/{verb}/")
        scrape.refresh_from_db()
        assert scrape.state == state
    assert enqueued_scrapes == [scrape.pk]
    history = administrator_client.get(f"{SCRAPES}{scrape.pk}/history/").content.decode()
    assert "The scrape pauses before its next post." in history
    answer = administrator_client.post(f"{SCRAPES}{scrape.pk}/pause/", follow=True)
    assert "not possible any more" in answer.content.decode()


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel"])
def test_curators_look_at_scrapes_and_do_not_steer_them(curator_client: Client, scrape: ScrapeRun, verb: str) -> None:
    assert curator_client.post(f"{SCRAPES}{scrape.pk}/{verb}/").status_code == 403
    assert f"{verb}/" not in curator_client.get(f"{SCRAPES}{scrape.pk}/change/").content.decode()
    assert curator_client.get(f"{SCRAPES}{scrape.pk}/{verb}/").status_code == 405


def test_imports_are_cancelled_by_administrators(curator_client: Client, running: ImportRun) -> None:
    assert curator_client.post(f"{IMPORTS}{running.pk}/cancel/").status_code == 403


def test_outsiders_see_no_runs(outsider_client: Client, running: ImportRun, scrape: ScrapeRun) -> None:
    for url in (f"{IMPORTS}{running.pk}", f"{SCRAPES}{scrape.pk}"):
        assert outsider_client.get(f"{url}/progress/").status_code == 403
        assert outsider_client.get(f"{url}/change/").status_code == 403


def test_lists_ask_few_questions(
    admin_client: Client, source: Source, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Source.objects.bulk_create(Source(name=f"s{n}", kind=Source.Kind.FOLDER) for n in range(40))
    ImportRun.objects.bulk_create(ImportRun(source=row, counts={"read": 1}) for row in Source.objects.all())
    ScrapeRun.objects.bulk_create(ScrapeRun(source=source, tag=f"t{n}", limit=5) for n in range(40))
    for url in (IMPORTS, SCRAPES, "/admin/corpus/source/"):
        with django_assert_max_num_queries(15):
            assert admin_client.get(url).status_code == 200
