"""Runs of one account: one at a time, and what stops one of them spares the others the same trouble."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from corpus.models import ScrapeRun
from corpus.scraping import runs
from tests.corpus.scraping.conftest import Scrape
from tests.corpus.scraping.instagram import Instagram
from tests.corpus.scraping.session_files import keep_session

FAIL = {"status": "fail"}


@pytest.fixture
def others(account: str, db: None) -> list[ScrapeRun]:
    """Two more runs of the account, one of them waiting for the net, and one of nobody."""
    waiting = runs.order("sun", "recent", 10, account)
    ScrapeRun.objects.filter(pk=waiting.pk).update(state="waiting", not_before=timezone.now(), reason="unreachable")
    return [runs.order("sun", "top", 10, account), waiting, runs.order("sun", "recent", 10)]


def states() -> list[tuple[str, str]]:
    return list(ScrapeRun.objects.order_by("pk").values_list("state", "reason"))


def test_it_works(account: str, others: list[ScrapeRun]) -> None:
    first, second, stranger = others
    assert first.claim()
    assert not second.claim(), "the account is at work"
    assert stranger.claim()
    assert list(ScrapeRun.objects.ready()) == []
    assert first.write(state="done")
    assert list(ScrapeRun.objects.ready()) == [second]
    assert second.claim()


def test_an_account_whose_worker_went_silent(others: list[ScrapeRun]) -> None:
    first, second, _ = others
    assert first.claim()
    ScrapeRun.objects.filter(pk=first.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert first in ScrapeRun.objects.ready()
    assert not second.claim(), "the silent one is taken up first"
    assert first.claim()


@pytest.mark.parametrize("message", ["feedback_required", "checkpoint_required", "login_required"])
def test_what_a_person_must_clear_away_stops_the_account(
    scrape: Scrape, instagram: Instagram, others: list[ScrapeRun], message: str
) -> None:
    instagram.say("graphql/query", 400, {**FAIL, "message": message})
    assert scrape().state == "failed"
    assert states() == [("paused", message), ("paused", message), ("new", ""), ("failed", message)]
    others[0].refresh_from_db()
    assert others[0].message.startswith("Stopped with #sea: ")
    assert others[0].resume() and others[0].claim()


def test_a_wait_is_kept_by_the_whole_account(scrape: Scrape, instagram: Instagram, others: list[ScrapeRun]) -> None:
    instagram.say("graphql/query", 429, FAIL)
    run = scrape()
    told = ("waiting", "rate_limited")
    assert states() == [told, told, ("new", ""), told]
    others[0].refresh_from_db()
    assert others[0].not_before == run.not_before
    assert others[0].attempts == 0
    later = runs.order("sky", "recent", 10, "ann")
    assert (later.state, later.not_before) == ("waiting", run.not_before), "also by a run that is ordered then"


def test_other_troubles_concern_one_run_alone(scrape: Scrape, instagram: Instagram, others: list[ScrapeRun]) -> None:
    instagram.say("graphql/query", 404)
    scrape()
    assert states()[:2] == [("waiting", "unreachable"), ("new", "")]


def test_another_account_is_not_stopped(scrape: Scrape, instagram: Instagram, home: Path) -> None:
    keep_session(home, "bob")
    bobs = runs.order("sea", "recent", 10, "bob")
    instagram.say("graphql/query", 400, {**FAIL, "message": "feedback_required"})
    scrape()
    bobs.refresh_from_db()
    assert bobs.state == "new"
