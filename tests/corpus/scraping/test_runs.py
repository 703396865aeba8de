"""Ordering a scrape: a new run, or the one that is open already, which goes on; never two of the same."""

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from corpus.models import ScrapeRun
from corpus.models.scrapes import ScrapeRunQuerySet
from corpus.scraping import runs
from tests.corpus.scraping.session_files import keep_session

pytestmark = pytest.mark.django_db


def test_it_works() -> None:
    run = runs.order("#Sea", "recent", 100)
    assert (run.tag, run.section, run.limit, run.account, run.state) == ("sea", "recent", 100, "", "new")
    again = runs.order("ＳＥＡ", "recent", 50)
    assert (again.pk, again.limit, again.state) == (run.pk, 50, "new")
    assert ScrapeRun.objects.get().limit == 50


def test_other_scrapes_are_others(home: Path) -> None:
    keep_session(home, "ann")
    orders = [("sea", "recent", ""), ("sun", "recent", ""), ("sea", "top", ""), ("sea", "recent", "ann")]
    assert len({runs.order(tag, section, 1, account).pk for tag, section, account in orders}) == 4
    assert runs.order("sea", "recent", 1, source="other").pk == ScrapeRun.objects.order_by("-pk")[0].pk


def test_one_that_is_paused_goes_on() -> None:
    run = runs.order("sea", "recent", 100)
    assert run.pause()
    again = runs.order("sea", "recent", 100)
    assert (again.pk, again.state, again.claim()) == (run.pk, "new", True)


def test_a_pause_that_was_not_heeded_yet_is_taken_back() -> None:
    run = runs.order("sea", "recent", 100)
    assert run.claim() and run.pause() and run.wish == "pause"
    again = runs.order("sea", "recent", 200)
    assert (again.pk, again.state, again.wish, again.limit) == (run.pk, "working", "", 200)


@pytest.mark.parametrize("state", ["done", "cancelled", "failed"])
def test_one_that_is_over_is_followed_by_another(state: str) -> None:
    first = runs.order("sea", "recent", 100)
    ScrapeRun.objects.update(state=state)
    second = runs.order("sea", "recent", 100)
    assert first.pk != second.pk


def test_two_orders_at_once_make_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    beginning = ScrapeRunQuerySet.beginning

    def after_another_order(rows: ScrapeRunQuerySet, account: str) -> object:
        monkeypatch.setattr(ScrapeRunQuerySet, "beginning", beginning)
        runs.order("sea", "recent", 10)
        return beginning(rows, account)

    monkeypatch.setattr(ScrapeRunQuerySet, "beginning", after_another_order)
    run = runs.order("sea", "recent", 20)
    assert (ScrapeRun.objects.get().pk, ScrapeRun.objects.get().limit, run.limit) == (run.pk, 20, 20)


def test_the_database_refuses_a_second_open_run() -> None:
    first = runs.order("sea", "recent", 10)
    for state in ("new", "working", "waiting", "paused"):
        with pytest.raises(IntegrityError), transaction.atomic():
            ScrapeRun.objects.create(source=first.source, tag="sea", limit=1, state=state)


def test_a_failed_run_is_not_resumed_beside_its_successor() -> None:
    first = runs.order("sea", "recent", 10)
    ScrapeRun.objects.update(state="failed")
    second = runs.order("sea", "recent", 10)
    assert not first.resume() and first.state == "failed"
    assert second.cancel()
    assert first.resume() and first.state == "new"


def test_the_migration_leaves_the_newest_of_several_open_runs() -> None:
    first = runs.order("sea", "recent", 10)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_open_scrape")
    for tag, state in [("sea", "paused"), ("sea", "waiting"), ("sun", "paused"), ("sea", "done")]:
        ScrapeRun.objects.create(source=first.source, tag=tag, limit=1, state=state)
    migration = import_module("corpus.migrations.0005_second_open_scrapes")
    migration.cancel(apps, SimpleNamespace(connection=connection))
    states = list(ScrapeRun.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["cancelled", "cancelled", "waiting", "paused", "done"]
    assert "another scrape of the same hashtag" in ScrapeRun.objects.order_by("pk")[0].message
