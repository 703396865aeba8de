"""What Instagram answers instead of posts: each becomes a state with a sentence, and nothing is asked again at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from corpus import pictures
from corpus.models import Post, ScrapeRun
from corpus.scraping import carrying_out, posts, runs, troubles
from tests.corpus.scraping.conftest import Scrape
from tests.corpus.scraping.instagram import Instagram, media

FAIL = {"status": "fail"}
WAIT = {**FAIL, "message": "Please wait a few minutes before you try again.", "require_login": True}
WAITS = {
    "429": (429, FAIL, "rate_limited", "asks to wait"),
    "401 please wait": (401, WAIT, "rate_limited", "asks to wait"),
    "200 please wait": (200, WAIT, "rate_limited", "asks to wait"),
    "502": (502, b"<html>Bad Gateway", "unreachable", "cannot be reached"),
    "hung up": (0, b"", "unreachable", "cannot be reached"),
}
FAILURES = {
    "403 login": (403, {**FAIL, "message": "login_required"}, "login_required", "import the session"),
    "401": (401, {**FAIL, "require_login": True}, "login_required", "import the session"),
    "feedback": (400, {**FAIL, "message": "feedback_required", "spam": True}, "feedback_required", "some days"),
    "checkpoint": (400, {**FAIL, "message": "checkpoint_required"}, "checkpoint_required", "in a browser"),
    "challenge": (400, {**FAIL, "message": "challenge_required"}, "checkpoint_required", "in a browser"),
    "404": (404, b"<html>Not here", "not_found", "no such hashtag"),
    "400": (400, {**FAIL, "message": "no"}, "changed_format", "a form that this version does not know"),
    "HTML": (200, b"<!doctype html><title>Instagram</title>", "changed_format", "does not know"),
    "half": (200, b'{"data": {"hash', "changed_format", "does not know"),
    "no data": (200, {"status": "ok"}, "changed_format", "does not know"),
    "null": (200, {"data": {"hashtag": None}, "status": "ok"}, "changed_format", "does not know"),
    "a list": (200, [1, 2], "changed_format", "does not know"),
    "a deep one": (200, b"[" * 100_000, "changed_format", "does not know"),
    "strange pages": (
        200,
        {"data": {"hashtag": {"edge_hashtag_to_media": {"edges": [{"x": 1}], "page_info": {}}}}, "status": "ok"},
        "changed_format",
        "does not know",
    ),
    "no shortcode": (
        200,
        {"data": {"hashtag": {"edge_hashtag_to_media": {"edges": [{"node": {}}], "page_info": {}}}}, "status": "ok"},
        "changed_format",
        "does not know",
    ),
}


def test_it_works(scrape: Scrape, instagram: Instagram) -> None:
    instagram.say("after", 429, FAIL)
    before = timezone.now()
    run = scrape()
    assert (run.state, run.reason, run.attempts, run.position) == ("waiting", "rate_limited", 1, 12)
    assert run.not_before is not None
    assert timedelta(minutes=14) < run.not_before - before < timedelta(minutes=16)
    assert run.message.endswith(f"It goes on at {run.not_before:%Y-%m-%d %H:%M} UTC.")
    assert Post.objects.count() == 12, "what was read before is stored"
    assert not run.claim(), "not yet"


@pytest.mark.parametrize(("status", "body", "reason", "words"), WAITS.values(), ids=list(WAITS))
@pytest.mark.parametrize("place", ["web_info", "graphql/query"])
def test_what_passes_by_is_waited_for(
    scrape: Scrape, instagram: Instagram, place: str, status: int, body: Any, reason: str, words: str
) -> None:
    instagram.say(place, status, body)
    run = scrape()
    assert (run.state, run.reason, run.attempts) == ("waiting", reason, 1)
    assert words in run.message and "It goes on at " in run.message
    assert instagram.count(place) == 1, "never asked again at once"


@pytest.mark.parametrize(("status", "body", "reason", "words"), FAILURES.values(), ids=list(FAILURES))
@pytest.mark.parametrize("place", ["web_info", "graphql/query"])
def test_what_waiting_does_not_help_is_a_failure(
    scrape: Scrape, instagram: Instagram, place: str, status: int, body: Any, reason: str, words: str
) -> None:
    if place == "web_info" and isinstance(body, dict) and body.get("data", {}).get("hashtag"):
        body = {"data": 5, "status": "ok"}
    instagram.say(place, status, body)
    run = scrape()
    assert (run.state, run.reason, run.not_before) == ("failed", reason, None)
    assert words in run.message and run.finished is not None
    assert run.import_run is not None and run.import_run.state == "failed"
    assert instagram.count(place) == 1
    assert run.message.split(":")[0] in run.log


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("https://www.instagram.com/accounts/login/?next=/x", "login_required"),
        ("https://www.instagram.com/challenge/?next=/x", "checkpoint_required"),
        ("https://elsewhere.example/", "changed_format"),
    ],
)
def test_being_sent_elsewhere(scrape: Scrape, instagram: Instagram, target: str, reason: str) -> None:
    instagram.say("graphql/query", 302, Location=target)
    run = scrape()
    assert (run.state, run.reason) == ("failed", reason)
    assert instagram.count("elsewhere") == 0


def test_pauses_grow_and_end(scrape: Scrape, instagram: Instagram) -> None:
    instagram.say("graphql/query", 429, FAIL, times=9)
    run = scrape()
    pauses = []
    while run.state == "waiting":
        assert run.not_before is not None
        pauses.append(round((run.not_before - timezone.now()) / timedelta(minutes=1)))
        ScrapeRun.objects.update(not_before=timezone.now())
        scrape(run)
    assert pauses == [15, 30, 60, 120, 240, 480]
    assert (run.state, run.reason) == ("failed", "rate_limited")
    assert "It waited 6 times in a row and gave up." in run.message
    assert run.resume() and run.attempts == 0


def test_pacing_is_no_failure(scrape: Scrape, monkeypatch: pytest.MonkeyPatch) -> None:
    def rest(*args: object) -> None:
        raise troubles.Pacing(pause=timedelta(seconds=700))

    run = runs.order("sea", "recent", 100, "ann")
    ScrapeRun.objects.filter(pk=run.pk).update(attempts=carrying_out.ATTEMPTS)
    monkeypatch.setattr(posts, "recent", rest)
    run = scrape(run)
    assert (run.state, run.reason, run.attempts) == ("waiting", "pacing", carrying_out.ATTEMPTS)


def test_a_longer_pause_is_kept_if_instagram_asks_for_it(scrape: Scrape, instagram: Instagram) -> None:
    instagram.say("web_info", 429, FAIL, Retry_After="7200")
    run = scrape()
    assert run.not_before is not None
    assert run.not_before - timezone.now() > timedelta(minutes=119)


def test_posts_between_waits_begin_the_count_anew(scrape: Scrape, instagram: Instagram) -> None:
    instagram.say("after", 429, FAIL)
    run = scrape()
    instagram.say("after=", 429, FAIL)
    instagram.say("%2224%22", 429, FAIL)
    ScrapeRun.objects.update(not_before=None, attempts=4)
    scrape(run)
    assert (run.position, run.attempts) == (24, 1)


def test_top_posts_that_are_known_are_no_step_forward(scrape: Scrape, instagram: Instagram) -> None:
    instagram.say("explore/tags", 429, FAIL, times=2)
    run = scrape(section="top")
    assert (run.position, run.attempts) == (9, 1)
    ScrapeRun.objects.update(not_before=None)
    scrape(run)
    assert (run.position, run.attempts) == (9, 2)


@pytest.mark.parametrize("body", [{"data": {}}, {"data": {"top": {"sections": [{"y": 1}], "more_available": False}}}])
def test_top_posts_in_a_changed_form(scrape: Scrape, instagram: Instagram, body: Any) -> None:
    instagram.say("explore/tags", 200, body)
    run = scrape(section="top")
    assert (run.state, run.reason, Post.objects.count()) == ("failed", "changed_format", 9)


def test_a_kind_of_top_post_that_is_unknown(scrape: Scrape, instagram: Instagram) -> None:
    instagram.top[1] = media("T01", media_type=77)
    run = scrape(section="top")
    assert (run.state, run.reason, Post.objects.count()) == ("failed", "changed_format", 1)


def test_posts_that_all_look_strange_are_a_changed_form(scrape: Scrape, instagram: Instagram) -> None:
    for post in instagram.recent[2:]:
        del post["taken_at_timestamp"]
    run = scrape()
    assert (run.state, run.reason, run.position) == ("failed", "changed_format", 6)


def test_empty_pages_without_end(scrape: Scrape, instagram: Instagram) -> None:
    endless = {"sections": [], "more_available": True, "next_max_id": "9"}
    instagram.say("explore/tags", 200, {"data": {"top": endless}, "status": "ok"}, times=50)
    run = scrape(section="top")
    assert (run.state, run.reason) == ("failed", "changed_format")
    assert instagram.count("explore/tags") == 5


def test_pictures_whose_server_is_away(scrape: Scrape, instagram: Instagram) -> None:
    instagram.say("cdninstagram", 503, times=3)
    run = scrape()
    assert (run.state, run.reason, run.position) == ("waiting", "unreachable", 2)
    ScrapeRun.objects.update(not_before=None)
    assert scrape(run).state == "done"
    assert Post.objects.count() == 28, "two went by without their picture"


def test_a_full_disk(scrape: Scrape, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(pictures, "keep", full)
        run = scrape()
    assert (run.state, run.reason, run.position, Post.objects.count()) == ("waiting", "not_stored", 0, 0)
    assert "No space left on device" in run.message
    ScrapeRun.objects.update(not_before=None)
    assert (scrape(run).state, Post.objects.count()) == ("done", 30)


def test_a_session_that_is_gone(scrape: Scrape) -> None:
    run = scrape(limit=12)
    ScrapeRun.objects.update(state="new")
    (settings.HOME / "keys" / "instagram-ann.json").unlink()
    run = scrape(run)
    assert (run.state, run.reason) == ("failed", "no_session")
    assert "import_session ann" in run.message


def test_what_nobody_foresaw_fails_once_and_is_told(scrape: Scrape, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr(carrying_out, "_note", broken)
    with pytest.raises(ZeroDivisionError):
        scrape()
    run = ScrapeRun.objects.get()
    assert (run.state, run.reason) == ("failed", "error")
    assert "ZeroDivisionError: x" in run.log


def test_the_log_keeps_its_last_lines() -> None:
    log = carrying_out.Log("")
    for number in range(300):
        log.add(f"line {number}\n\n" + "x" * 1000)
    lines = str(log).splitlines()
    assert (len(lines), lines[-2].split()[-1]) == (200, "299")
    assert max(map(len, lines)) < 600
    assert len(str(carrying_out.Log(str(log))).splitlines()) == 200


def test_the_rows_know_which_troubles_concern_an_account() -> None:
    kinds = [kind for kind in troubles.Trouble.__subclasses__() if kind.whole_account]
    assert {kind.reason for kind in kinds if kind.first_pause} == set(ScrapeRun.ACCOUNT_WAITS)
    assert {kind.reason for kind in kinds if not kind.first_pause} == set(ScrapeRun.ACCOUNT_STOPS)
