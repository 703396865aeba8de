"""Pause, resume and cancel: at once where no worker has the run, else heeded before its next post."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from corpus.models import Post, ScrapeRun
from corpus.scraping import runs, troubles
from corpus.scraping.reading import Reading
from tests.corpus.scraping.conftest import Scrape
from tests.corpus.scraping.instagram import Instagram

pytestmark = pytest.mark.django_db
Act = Callable[[ScrapeRun], object]


@pytest.fixture
def run() -> ScrapeRun:
    return runs.order("sea", "recent", 100)


def at_post(number: int, act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody act on the run while its post of this number is read."""
    read = Reading._raw

    def raw(reading: Reading, post: object) -> object:
        if reading.position == number - 1:
            act(ScrapeRun.objects.get())
        return read(reading, post)  # type: ignore[arg-type]

    monkeypatch.setattr(Reading, "_raw", raw)


def test_it_works(scrape: Scrape, instagram: Instagram, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        at_post(15, ScrapeRun.pause, patch)
        run = scrape()
    assert (run.state, run.wish, run.message, run.position) == ("paused", "", "Paused.", 15)
    assert Post.objects.count() == 15
    assert not run.claim()
    assert run.resume() and run.state == "new"
    assert (scrape(run).state, Post.objects.count(), run.sightings.count()) == ("done", 30, 30)


def test_a_run_that_is_at_work_is_cancelled(scrape: Scrape, monkeypatch: pytest.MonkeyPatch) -> None:
    at_post(3, ScrapeRun.cancel, monkeypatch)
    run = scrape()
    assert (run.state, run.wish, run.position, run.frozen) == ("cancelled", "", 3, None)
    assert run.import_run is not None and run.import_run.state == "cancelled"
    assert Post.objects.count() == 3 and run.finished is not None
    assert not run.resume() and not run.cancel() and not run.pause()


def test_a_pause_that_is_taken_back_in_time(scrape: Scrape, monkeypatch: pytest.MonkeyPatch) -> None:
    def hesitate(run: ScrapeRun) -> None:
        assert run.pause() and run.wish == "pause"
        assert run.resume() and run.wish == ""

    at_post(3, hesitate, monkeypatch)
    assert scrape().state == "done"


@pytest.mark.parametrize(
    "trouble", [troubles.RateLimited, troubles.Unreachable, troubles.LoginRequired, troubles.NotFound]
)
@pytest.mark.parametrize(("act", "state"), [(ScrapeRun.pause, "paused"), (ScrapeRun.cancel, "cancelled")])
def test_a_wish_is_heeded_by_a_run_that_meets_a_trouble(
    scrape: Scrape, monkeypatch: pytest.MonkeyPatch, act: Act, state: str, trouble: type[troubles.Trouble]
) -> None:
    def act_and_stumble(run: ScrapeRun) -> None:
        act(run)
        raise trouble("x")

    at_post(15, act_and_stumble, monkeypatch)
    run = scrape()
    assert (run.state, run.wish, run.not_before, Post.objects.count()) == (state, "", None, 14)
    assert trouble.sentence in run.log
    if trouble is troubles.RateLimited:
        assert runs.order("sun", "recent", 10, "ann").state == "waiting", "its account waits nevertheless"


def test_a_cancel_after_a_pause_is_not_lost(scrape: Scrape, monkeypatch: pytest.MonkeyPatch) -> None:
    heed = Reading._heed_wishes

    def heed_then_cancel(reading: Reading) -> None:
        try:
            heed(reading)
        except troubles.Paused:
            assert ScrapeRun.objects.get().cancel()
            raise

    monkeypatch.setattr(Reading, "_heed_wishes", heed_then_cancel)
    at_post(3, ScrapeRun.pause, monkeypatch)
    assert scrape().state == "cancelled"


def test_a_run_that_another_worker_has_taken_is_left_alone(scrape: Scrape, monkeypatch: pytest.MonkeyPatch) -> None:
    def take_over(run: ScrapeRun) -> None:
        ScrapeRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert run.claim()

    at_post(15, take_over, monkeypatch)
    run = scrape()
    assert (run.state, run.position, run.sightings.count()) == ("working", 12, 12)
    assert run.message == ""


def test_a_run_that_waits_for_a_worker(run: ScrapeRun) -> None:
    assert run.pause() and run.state == "paused"
    assert not run.pause()
    assert run.resume() and run.state == "new"
    assert run.cancel() and run.state == "cancelled"


def test_a_run_that_was_told_to_wait_keeps_its_time(run: ScrapeRun) -> None:
    later = timezone.now() + timedelta(hours=1)
    ScrapeRun.objects.update(state="waiting", not_before=later, reason="rate_limited")
    assert run.pause() and run.resume()
    assert (run.state, run.not_before) == ("new", later)
    assert not run.claim()


def test_a_run_that_is_over_stays_as_it_is(run: ScrapeRun) -> None:
    ScrapeRun.objects.update(state="done")
    assert not run.pause() and not run.resume() and not run.cancel()
    assert run.state == "done"
