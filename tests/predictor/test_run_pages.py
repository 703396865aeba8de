"""The admin's pages of training runs: what runs and waits, buttons that start and cancel, and who may use them."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from redis.exceptions import ConnectionError as RedisConnectionError

from predictor import queue
from predictor.learning import runs
from predictor.models import TrainingRun

pytestmark = pytest.mark.django_db
LIST = "/admin/predictor/trainingrun/"


@pytest.fixture(autouse=True)
def waiting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that wait in the train queue."""
    jobs: list[str] = []
    monkeypatch.setattr(queue, "_enqueue_run", lambda id: jobs.append(queue.RUN_TRAINING))
    monkeypatch.setattr(queue, "waiting_jobs", lambda: jobs)
    return jobs


@pytest.fixture
def curator_client(client: Client) -> Client:
    """Somebody who decides over posts, and not over models."""
    curator = User.objects.create(username="ann", is_staff=True)
    curator.groups.add(Group.objects.get(name="curator"))
    client.force_login(curator)
    return client


def running() -> TrainingRun:
    run = runs.ask("als", False, TrainingRun.Trigger.BUTTON)
    assert run.claim()
    run.set_out({"corpus": 90, "posts": 120, "post_ids": [7, 8], "hashtags": 1, "new_hashtags": ["sea"], "gone": 0})
    run.note("factorising", 0.25)
    return run


def test_it_works(admin_client: Client, waiting: list[str]) -> None:
    running()
    waiting.append(queue.EVALUATE)
    page = admin_client.get(LIST).content.decode()
    assert "factorising" in page and "25 %" in page and "evaluation" in page
    assert page.count("Learn what is new") == 2
    part = admin_client.get(f"{LIST}queue/").content.decode()
    assert "factorising" in part and "<html" not in part


def test_the_page_of_a_run(admin_client: Client) -> None:
    run = running()
    page = admin_client.get(f"{LIST}{run.pk}/change/").content.decode()
    for expected in ("factorising", "no estimate", "#sea", "/admin/corpus/post/7/", "and 118 more", "Cancel this"):
        assert expected in page, expected
    part = admin_client.get(f"{LIST}{run.pk}/progress/").content.decode()
    assert "hx-get" in part and "<html" not in part
    assert admin_client.post(f"{LIST}{run.pk}/progress/").status_code == 405
    run.end("done", "It serves now.")
    part = admin_client.get(f"{LIST}{run.pk}/progress/").content.decode()
    assert "hx-get" not in part and "It serves now." in part


def test_start(admin_client: Client) -> None:
    answer = admin_client.post(f"{LIST}start/", {"kind": "w2v", "course": "full"})
    run = TrainingRun.objects.get()
    assert answer.url == f"{LIST}{run.pk}/change/"  # type: ignore[attr-defined]
    assert (run.kind, run.full, run.trigger, str(run.asked_by)) == ("w2v", True, "button", "admin")
    assert LogEntry.objects.get().object_id == str(run.pk)


def test_a_second_one_is_refused_with_a_sentence(admin_client: Client) -> None:
    running()
    page = admin_client.post(f"{LIST}start/", {"kind": "als"}, follow=True).content.decode()
    assert "only one at a time can run" in page


def test_cancel(admin_client: Client) -> None:
    run = running()
    admin_client.post(f"{LIST}{run.pk}/cancel/")
    run.refresh_from_db()
    assert run.unwanted and LogEntry.objects.count() == 1
    run.end("cancelled", "It was cancelled.")
    page = admin_client.post(f"{LIST}{run.pk}/cancel/", follow=True).content.decode()
    assert "the training is over" in page


@pytest.mark.parametrize("place", ["start/", "1/cancel/"])
def test_only_by_post(admin_client: Client, place: str) -> None:
    assert admin_client.get(f"{LIST}{place}").status_code == 405


def test_other_kinds_and_runs_are_not_there(admin_client: Client) -> None:
    assert admin_client.post(f"{LIST}start/", {"kind": "bert"}).status_code == 404
    assert admin_client.post(f"{LIST}9/cancel/").status_code == 404
    assert admin_client.get(f"{LIST}9/progress/").status_code == 404


def test_others_may_not(curator_client: Client) -> None:
    run = runs.ask("als", False, TrainingRun.Trigger.BUTTON)
    for place in ("queue/", f"{run.pk}/progress/", f"{run.pk}/change/"):
        assert curator_client.get(f"{LIST}{place}").status_code == 403, place
    for place in ("start/", f"{run.pk}/cancel/"):
        assert curator_client.post(f"{LIST}{place}", {"kind": "als"}).status_code == 403, place


def test_without_redis_the_page_says_so(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> list[str]:
        raise RedisConnectionError("away")

    monkeypatch.setattr(queue, "waiting_jobs", away)
    assert "The queue does not answer" in admin_client.get(LIST).content.decode()


def test_queries_do_not_grow_with_the_rows(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    TrainingRun.objects.bulk_create(TrainingRun(kind="als", state="done") for _ in range(40))
    running()
    with django_assert_max_num_queries(15):
        admin_client.get(LIST)
