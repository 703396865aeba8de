"""Pacing: a long rest ends the work, and what an account asked is remembered by its next run, and by no other's."""

import json
import stat
import time
from pathlib import Path

import pytest
from django.conf import settings
from instaloader import Hashtag

from corpus.models import ScrapeRun
from corpus.scraping import client, pacing, runs, troubles
from corpus.scraping.pacing import Pacer
from tests.corpus.scraping.conftest import Scrape
from tests.corpus.scraping.instagram import Instagram, media
from tests.corpus.scraping.session_files import keep_session

BROKEN = ["", "{", "[1]", "5", '{"iphone": 5}', '{"iphone": ["x"]}', '{"iphone": [NaN]}', "[" * 100_000, "\x00"]


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let three queries of a kind be asked before a rest is due."""
    monkeypatch.setattr(Pacer, "count_per_sliding_window", lambda pacer, kind: 3)


@pytest.fixture
def file(home: Path) -> Path:
    return home / "run" / "pacing-ann.json"


def ask(account: str = "ann", times: int = 1) -> None:
    """Ask as a run does: with a context of its own."""
    context = client.connect(account, lambda line: None)
    for _ in range(times):
        context.queries = 0
        Hashtag.from_name(context, "sea")


def later(file: Path, seconds: float) -> None:
    """Let time go by, as far as what is kept can tell."""
    kept = json.loads(file.read_text())
    file.write_text(json.dumps({kind: [at - seconds for at in times] for kind, times in kept.items()}))


def test_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    pacer = Pacer(client.Context(print))
    pacer.sleep(3)
    with pytest.raises(troubles.Pacing) as caught:
        pacer.sleep(400)
    assert slept == [3]
    assert caught.value.pause(0).total_seconds() == 666, "a whole rest"
    with pytest.raises(troubles.Pacing) as caught:
        pacer.sleep(1800)
    assert caught.value.pause(0).total_seconds() == 1800


@pytest.mark.usefixtures("three", "account")
def test_many_queries_of_one_run_end_in_a_rest(instagram: Instagram) -> None:
    with pytest.raises(troubles.Pacing):
        ask(times=10)
    assert instagram.count("web_info") == 3


@pytest.mark.usefixtures("three", "account")
def test_many_queries_of_many_runs_end_in_a_rest(instagram: Instagram) -> None:
    for _ in range(3):
        ask()
    with pytest.raises(troubles.Pacing) as caught:
        ask()
    assert instagram.count("web_info") == 3
    assert 660 < caught.value.pause(0).total_seconds() < 670


@pytest.mark.usefixtures("three", "account")
def test_after_a_rest_it_goes_on(instagram: Instagram, file: Path) -> None:
    ask(times=3)
    later(file, 700)
    ask(times=3)
    with pytest.raises(troubles.Pacing):
        ask()
    assert instagram.count("web_info") == 6


@pytest.mark.usefixtures("three", "account")
def test_accounts_do_not_count_for_each_other(instagram: Instagram, home: Path) -> None:
    keep_session(home, "bob")
    for account in ("ann", "bob", ""):
        ask(account, times=3)
    assert instagram.count("web_info") == 9


@pytest.mark.usefixtures("three")
def test_short_runs_are_paced_together(scrape: Scrape, instagram: Instagram) -> None:
    states = [scrape(tag=f"sea{number}", limit=1).state for number in range(4)]
    assert states == ["done", "done", "done", "waiting"]
    assert instagram.count("web_info") == 3
    last = ScrapeRun.objects.order_by("-pk")[0]
    assert (last.reason, last.attempts) == ("pacing", 0)
    assert runs.order("sky", "recent", 1, "ann").state == "waiting", "the account rests"


def test_top_posts_that_never_end_are_given_up(
    scrape: Scrape, instagram: Instagram, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pacer, "count_per_sliding_window", lambda pacer, kind: 2)
    instagram.top = [media(f"T{number:02}") for number in range(60)]
    run = runs.order("sea", "top", 60, "ann")
    rests = 0
    while scrape(run).state == "waiting":
        assert (run.reason, run.position, run.attempts) == ("pacing", 27, rests)
        rests += 1
        ScrapeRun.objects.update(not_before=None)
        later(file, pacing.WHOLE_REST)
    assert (run.state, run.reason, rests) == ("failed", "pacing", 7)
    assert "order fewer of them" in run.message and "gave up" in run.message
    assert runs.order("sky", "recent", 1, "ann").state == "new", "its account can go on"


def test_top_posts_are_done_after_a_whole_rest(
    scrape: Scrape, instagram: Instagram, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pacer, "count_per_sliding_window", lambda pacer, kind: 3)
    instagram.top = [media(f"T{number:02}") for number in range(27)]
    assert [scrape(tag=tag, section="top").state for tag in ("sea", "sun")] == ["done", "waiting"]
    later(file, pacing.WHOLE_REST)
    ScrapeRun.objects.update(not_before=None)
    assert scrape(ScrapeRun.objects.get(tag="sun")).state == "done"


@pytest.mark.usefixtures("instagram", "account")
def test_the_file_is_small_private_and_whole(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "MOST_TIMES", 5)
    ask(times=9)
    kept = json.loads(file.read_text())
    assert {kind: len(times) for kind, times in kept.items()} == {"iphone": 5}
    assert all(abs(time.time() - at) < 600 for at in kept["iphone"]), "times of the clock, not of the machine's start"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    later(file, pacing.REMEMBERED)
    ask()
    assert len(json.loads(file.read_text())["iphone"]) == 1, "what is an hour old is forgotten"
    assert [found.name for found in file.parent.iterdir()] == [file.name], "no draft is left"


@pytest.mark.usefixtures("three", "account")
@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_a_file_that_is_none_is_written_anew(instagram: Instagram, file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    ask(times=3)
    assert len(json.loads(file.read_text())["iphone"]) == 3
    assert instagram.count("web_info") == 3


@pytest.mark.usefixtures("three", "account")
def test_a_clock_that_was_set_back(instagram: Instagram, file: Path) -> None:
    ask(times=3)
    later(file, -86400)
    ask(times=3)
    assert instagram.count("web_info") == 6, "what lies in the future is no reason to wait"


def test_a_home_that_cannot_be_written(scrape: Scrape, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pacing, "_save", full)
    run = scrape()
    assert (run.state, run.reason) == ("waiting", "not_stored")
    assert "No space left on device" in run.message


def test_a_home_without_the_folder(instagram: Instagram, account: str, file: Path) -> None:
    assert not file.parent.exists() and settings.HOME in file.parents
    ask()
    assert file.exists()
