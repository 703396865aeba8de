"""The command `scrape_hashtags`: what it carries out or enqueues, what it prints, and when it fails."""

from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import django_rq
import pytest
from django.core.management import CommandError, call_command
from redis.exceptions import ConnectionError as RedisConnectionError

from corpus.models import ImportRun, Post, ScrapeRun, Source
from corpus.scraping import posts
from tests.corpus.scraping.instagram import Instagram
from tests.corpus.scraping.session_files import keep_session

FAIL = {"status": "fail"}

pytestmark = pytest.mark.usefixtures("scrape")


def run(*arguments: str, limit: str = "12") -> str:
    out = StringIO()
    call_command("scrape_hashtags", *arguments, "--limit", limit, stdout=out)
    return out.getvalue()


def failing(*arguments: str, limit: str = "12") -> tuple[str, str]:
    """Return what the command prints before it fails, and its error."""
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("scrape_hashtags", *arguments, "--limit", limit, stdout=out)
    return out.getvalue(), str(caught.value)


def test_it_works(capfd: pytest.CaptureFixture[str]) -> None:
    lines = run("#Sea").splitlines()
    assert lines[0].split() == ["read", "new", "known", "duplicates", "refused"]
    assert lines[1].split() == ["#sea,", "recent", "posts", "12", "12", "0", "0", "0"]
    assert lines[2].split() == ["#sea,", "top", "posts", "12", "12", "0", "2", "0"]
    assert lines[3] == "2 of 2 scrapes are done, with 24 new posts that wait for a curator."
    assert set(ScrapeRun.objects.values_list("account", "tag", "state")) == {("ann", "sea", "done")}
    assert Source.objects.get().name == "instagram"
    assert capfd.readouterr().out == "", "Instaloader prints nothing"


def test_an_open_run_is_taken_up_again(instagram: Instagram) -> None:
    instagram.say("after", 429, FAIL)
    said = run("sea", "--section", "recent", limit="30")
    assert "#sea, recent posts: Instagram asks to wait before more is read. (429) It goes on at " in said
    assert "It goes on by itself while the site runs, else when this command is run again after that." in said
    assert "0 of 1 scrapes are done, with 12 new posts" in said
    asked = len(instagram.asked)
    assert "It goes on at" in run("sea", "--section", "recent", limit="30")
    assert len(instagram.asked) == asked, "nothing is asked before its time"
    ScrapeRun.objects.update(not_before=None)
    assert "1 of 1 scrapes are done, with 25 new posts" in run("sea", "--section", "recent", limit="25")
    assert (ScrapeRun.objects.count(), Post.objects.count()) == (1, 25)


def test_a_paused_run_is_resumed() -> None:
    ordered = ScrapeRun.objects.create(
        source=Source.objects.create(name="instagram", kind="instaloader"), tag="sea", limit=1, account="ann"
    )
    assert ordered.pause()
    assert "1 of 1 scrapes are done" in run("sea", "--section", "recent")


def test_a_failure_is_an_error(instagram: Instagram) -> None:
    instagram.say("web_info", 404)
    said, error = failing("sea", "sun", "--section", "recent")
    assert "#sea, recent posts: Instagram knows no such hashtag" in said
    assert error == "1 of 2 scrapes failed, as said above."
    assert [row.state for row in ScrapeRun.objects.order_by("pk")] == ["failed", "done"]


def test_an_account_that_must_stop_is_not_tried_again(instagram: Instagram) -> None:
    instagram.say("web_info", 400, {**FAIL, "message": "checkpoint_required"}, times=3)
    said, error = failing("sea", "sun", "sky")
    assert error == "1 of 1 scrapes failed, as said above."
    assert "open Instagram with it in a browser" in said
    assert instagram.count("web_info") == 1


def test_another_process_has_it() -> None:
    run("sea", "--section", "recent", limit="1")
    assert ScrapeRun.objects.create(source=Source.objects.get(), tag="sea", limit=1, account="ann").claim()
    said = run("sea", "--section", "recent")
    assert "Another process has it or its account in hand. If that one died, it can go on after" in said


def test_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    parse, calls = posts.parse, iter(range(100))

    def interrupted(post: object) -> object:
        if next(calls) == 15:
            raise KeyboardInterrupt
        return parse(post)  # type: ignore[arg-type]

    monkeypatch.setattr(posts, "parse", interrupted)
    said, error = failing("sea", "--section", "recent", limit="30")
    assert error == "Stopped. Run it again, and it goes on from there."
    assert "It was stopped from the keyboard." in said
    row = ScrapeRun.objects.get()
    assert (row.state, row.position, Post.objects.count()) == ("paused", 12, 12)
    assert row.import_run is not None and row.import_run.finished is not None
    assert (row.import_run.state, row.import_run.message) == (
        "cancelled",
        "It was stopped from the keyboard. What it had stored stays.",
    )
    assert "1 of 1 scrapes are done" in run("sea", "--section", "recent", limit="30")
    assert Post.objects.count() == 30
    assert ImportRun.objects.get().state == "done"


def test_ctrl_c_while_somebody_cancels(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(post: object) -> object:
        ScrapeRun.objects.get().cancel()
        raise KeyboardInterrupt

    monkeypatch.setattr(posts, "parse", interrupted)
    failing("sea", "--section", "recent")
    assert (ScrapeRun.objects.get().state, ImportRun.objects.get().state) == ("cancelled", "cancelled")


def test_a_session_that_goes_in_the_middle_ends_with_the_table(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parse = posts.parse

    def parsed(post: object) -> object:
        (home / "keys" / "instagram-ann.json").unlink(missing_ok=True)
        return parse(post)  # type: ignore[arg-type]

    monkeypatch.setattr(posts, "parse", parsed)
    said, error = failing("sea", "sun", "--section", "recent", limit="5")
    assert "There is no session of the account ann" in error
    assert "1 of 1 scrapes are done, with 5 new posts" in said


def test_an_account_that_gave_up_is_not_tried_again(instagram: Instagram) -> None:
    run("sea", "--section", "recent", limit="1")
    source = Source.objects.get()
    ScrapeRun.objects.create(source=source, tag="sun", limit=9, account="ann", attempts=6)
    instagram.say("web_info", 429, FAIL)
    said, error = failing("sun", "sky", "--section", "recent")
    assert error == "1 of 1 scrapes failed, as said above."
    assert "gave up" in said and not ScrapeRun.objects.filter(tag="sky").exists()


def test_a_hashtag_that_is_named_twice_is_read_once() -> None:
    assert "1 of 1 scrapes are done" in run("#Sea", "sea", "ｓｅａ", "--section", "recent")


def test_runs_are_enqueued(monkeypatch: pytest.MonkeyPatch, instagram: Instagram) -> None:
    jobs: list[tuple[str, int]] = []
    fake = SimpleNamespace(enqueue=lambda name, id, **options: jobs.append((name, id)), get_job_ids=lambda: [])
    monkeypatch.setattr(django_rq, "get_queue", lambda name: fake)
    assert "4 runs are noted for the scrape worker" in run("sea", "sun", "--queue")
    ids = sorted(ScrapeRun.objects.values_list("pk", flat=True))
    assert sorted(jobs) == [("corpus.jobs.run_scrape", id) for id in ids]
    assert (len(ids), instagram.asked) == (4, [])


def test_without_redis_the_runs_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> None:
        raise RedisConnectionError("gone")

    monkeypatch.setattr(django_rq, "get_queue", gone)
    _, error = failing("sea", "--queue")
    assert error == "The queue cannot be reached (gone). 2 runs are noted, and start when the site runs."
    assert ScrapeRun.objects.filter(state="new").count() == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a b"], "'a b' is no hashtag"),
        (["sea", "a b"], "'a b' is no hashtag"),
        (["#"], "is no hashtag"),
        (["sea", "--account", "bob"], "There is no session of the account bob"),
        (["sea", "--account", "../x"], "The name of an account has"),
        (["sea", "--limit", "0"], "The limit must be from 1 to 100,000 posts."),
        (["sea", "--source", "x" * 101], "The source needs another name"),
        (["sea", "--source", "a\nb"], "The source needs another name"),
        (["sea", "--source", "harrison"], "holds HARRISON posts"),
    ],
)
def test_what_cannot_be_ordered(arguments: list[str], words: str, instagram: Instagram) -> None:
    Source.objects.create(name="harrison", kind="harrison")
    with pytest.raises(CommandError) as caught:
        call_command("scrape_hashtags", "--limit", "12", *arguments)
    assert words in str(caught.value)
    assert (instagram.asked, ScrapeRun.objects.count()) == ([], 0)


def test_of_several_accounts_one_must_be_named(home: Path) -> None:
    keep_session(home, "bob")
    _, error = failing("sea")
    assert error == "Say with --account whose session to use: ann, bob."
    assert "done" in run("sea", "--account", "bob", "--section", "top")
