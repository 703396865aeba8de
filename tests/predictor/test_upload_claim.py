"""Claiming an upload: of many workers one gets it, a silent one loses it, and a lost claim writes nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from predictor import jobs
from predictor.models import Upload


def make(**fields: object) -> Upload:
    return Upload.objects.create(sha256="0" * 64, **fields)


def lease(upload: Upload, **ago: int) -> None:
    Upload.objects.filter(pk=upload.pk).update(lease_until=timezone.now() - timedelta(**ago))


@pytest.mark.django_db
def test_it_works() -> None:
    upload = make()
    assert upload.claim()
    assert (upload.state, upload.attempts) == ("working", 1)
    assert upload.finish(state=Upload.State.DONE)
    upload.refresh_from_db()
    assert (upload.state, upload.token, upload.lease_until) == ("done", None, None)
    assert upload.finished is not None


@pytest.mark.django_db
def test_one_of_many_gets_it() -> None:
    upload = make()
    seen_at_once = [Upload.objects.get(pk=upload.pk) for _ in range(8)]
    assert [row.claim() for row in seen_at_once] == [True] + [False] * 7
    assert Upload.objects.get(pk=upload.pk).attempts == 1


@pytest.mark.usefixtures("file_database")
@pytest.mark.parametrize("state", ["new", "left by a dead worker"])
def test_one_of_many_threads_gets_it(state: str) -> None:
    upload = make()
    if state != "new":
        assert upload.claim()
        lease(upload, seconds=1)
    attempts = upload.attempts
    ready = threading.Barrier(8)

    def claim(row: Upload) -> bool:
        ready.wait()
        try:
            return row.claim()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(claim, [Upload.objects.get(pk=upload.pk) for _ in range(8)]))
    assert sorted(taken) == [False] * 7 + [True]
    assert Upload.objects.get(pk=upload.pk).attempts == attempts + 1


@pytest.mark.django_db
@pytest.mark.parametrize(("ago", "free"), [({"seconds": 1}, True), ({"seconds": -10}, False), ({"hours": -1}, True)])
def test_a_lease_ends_and_a_wild_clock_is_not_believed(ago: dict[str, int], free: bool) -> None:
    upload = make()
    upload.claim()
    lease(upload, **ago)
    assert Upload.objects.get(pk=upload.pk).claim() == free


@pytest.mark.django_db
def test_a_lost_claim_writes_nothing() -> None:
    slow, fast = make(), Upload()
    slow.claim()
    lease(slow, seconds=1)
    fast = Upload.objects.get(pk=slow.pk)
    assert fast.claim()
    assert not slow.finish(state=Upload.State.FAILED)
    assert fast.finish(state=Upload.State.DONE)
    assert Upload.objects.get(pk=slow.pk).state == "done"


@pytest.mark.django_db
def test_after_five_attempts_it_gives_up_with_a_sentence() -> None:
    upload = make(attempts=Upload.ATTEMPTS)
    jobs.answer_upload(str(upload.pk))
    upload.refresh_from_db()
    assert (upload.state, upload.reason) == ("failed", "gave_up")
    assert upload.message == jobs.GAVE_UP


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["done", "failed"])
def test_a_finished_upload_is_left_alone(state: str) -> None:
    upload = make(state=state)
    jobs.answer_upload(str(upload.pk))
    assert Upload.objects.get(pk=upload.pk).attempts == 0


@pytest.mark.django_db
def test_an_upload_that_was_deleted_is_no_error() -> None:
    jobs.answer_upload("00000000-0000-4000-8000-000000000000")
