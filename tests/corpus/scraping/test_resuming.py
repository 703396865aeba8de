"""Taking a run up again: behind the last stored post, from the frozen iterator, without asking for what is there."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from corpus.models import Post, ScrapeRun
from tests.corpus.scraping.conftest import Scrape
from tests.corpus.scraping.instagram import Instagram, node

FAIL = {"status": "fail"}


@pytest.fixture
def stopped(scrape: Scrape, instagram: Instagram) -> ScrapeRun:
    """A run that was told to wait when it asked for its second page."""
    instagram.say("after", 429, FAIL)
    run = scrape()
    assert (run.state, run.position) == ("waiting", 12)
    ScrapeRun.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    instagram.asked.clear()
    return run


def test_it_works(scrape: Scrape, instagram: Instagram, stopped: ScrapeRun) -> None:
    run = scrape(stopped)
    assert (run.state, run.position, run.frozen) == ("done", 30, None)
    assert [code for _, code in run.sightings.values_list("position", "post__external_id")] == [
        f"R{number:02}" for number in range(30)
    ]
    assert list(run.sightings.values_list("position", flat=True)) == list(range(1, 31))
    assert run.import_run is not None
    counts = run.import_run.counts
    assert (counts["read"], counts["new"], counts["known"]) == (30, 30, 0), "nothing is read twice"
    assert (instagram.count("web_info"), instagram.count("graphql/query")) == (0, 2), "no query is wasted"
    assert "It goes on behind post 12." in run.log


def test_in_the_middle_of_a_page(scrape: Scrape, instagram: Instagram) -> None:
    instagram.say("cdninstagram", 503, times=0)
    for code in ("R15", "R16", "R17"):
        instagram.say(code, 503)
    run = scrape()
    assert (run.state, run.position) == ("waiting", 17)
    ScrapeRun.objects.update(not_before=None)
    instagram.asked.clear()
    run = scrape(run)
    assert (run.state, run.position, Post.objects.count()) == ("done", 30, 28)
    assert instagram.count("graphql/query") == 1
    positions = dict(run.sightings.values_list("post__external_id", "position"))
    assert (positions["R14"], positions["R17"], positions["R29"]) == (15, 18, 30)


def test_posts_that_came_meanwhile_do_not_confuse_it(scrape: Scrape, instagram: Instagram, stopped: ScrapeRun) -> None:
    for number in range(5):
        instagram.recent.insert(0, node(f"N{number}"))
        instagram.pictures[f"N{number}.jpg"] = instagram.pictures[f"R{number:02}.jpg"]
    assert scrape(stopped).state == "done"
    codes = set(Post.objects.values_list("external_id", flat=True))
    assert codes >= {f"R{number:02}" for number in range(30)}


@pytest.mark.parametrize("change", [{"best_before": 1}, {"context_username": "bob"}, {"doc_id": "1"}, {"odd": 1}])
def test_what_does_not_fit_any_more_starts_anew(
    scrape: Scrape, instagram: Instagram, stopped: ScrapeRun, change: dict[str, object]
) -> None:
    assert stopped.frozen is not None
    ScrapeRun.objects.update(frozen={**stopped.frozen, **change})
    run = scrape(stopped)
    assert (run.state, run.position, Post.objects.count()) == ("done", 30, 30)
    assert run.import_run is not None and run.import_run.counts["known"] == 12
    assert "it starts anew" in run.log
    assert instagram.count("R05.jpg") == 0, "what is known is not downloaded again"


def test_a_run_whose_batch_was_stored_but_not_noted(scrape: Scrape, stopped: ScrapeRun, instagram: Instagram) -> None:
    ScrapeRun.objects.update(position=0, frozen=None)
    stopped.sightings.all().delete()
    run = scrape(stopped)
    assert (run.state, Post.objects.count(), run.sightings.count()) == ("done", 30, 30)


def test_the_frozen_iterator_fits_into_any_database(scrape: Scrape, instagram: Instagram) -> None:
    instagram.recent[11]["edge_media_to_caption"]["edges"][0]["node"]["text"] = "\x00 \ud83d #sea 🌊"
    instagram.say("after", 429, FAIL)
    run = scrape()
    text = json.dumps(run.frozen, ensure_ascii=False)
    assert "\\u0000" not in text and "🌊" in text
    text.encode()  # no half of a character


def test_a_failed_run_goes_on_from_where_it_stands(scrape: Scrape, instagram: Instagram) -> None:
    instagram.say("after", 403, {**FAIL, "message": "login_required"})
    run = scrape()
    assert (run.state, run.position) == ("failed", 12)
    assert run.resume()
    instagram.asked.clear()
    assert (scrape(run).state, instagram.count("graphql/query"), Post.objects.count()) == ("done", 2, 30)
