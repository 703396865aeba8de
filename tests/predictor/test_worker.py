"""Which jobs a worker runs: those of its queue's list, without anything that RQ would call besides."""

from typing import Any

import pytest
from redis import Redis
from rq import Callback
from rq.serializers import JSONSerializer
from rq.webhook import Webhook

from predictor.queue import ANSWER_UPLOAD, PREDICT, RUN_TRAINING, TRAIN
from predictor.worker import AllowListWorker, PlainJob, WarmWorker, is_allowed


def job(func: str = ANSWER_UPLOAD, **options: Any) -> PlainJob:
    """Return a job that no Redis ever sees."""
    made = PlainJob.create(func, args=("x",), connection=Redis(), serializer=JSONSerializer, **options)
    assert isinstance(made, PlainJob)
    return made


def test_it_works() -> None:
    assert is_allowed(job(), PREDICT)
    assert is_allowed(job(RUN_TRAINING), TRAIN)


@pytest.mark.parametrize(
    "func", ["os.mkdir", "predictor.jobs.warm_up", "predictor.jobs", "subprocess.run", RUN_TRAINING]
)
def test_other_jobs_are_refused(func: str) -> None:
    assert not is_allowed(job(func), PREDICT)


def test_a_queue_without_a_list_runs_nothing() -> None:
    assert not is_allowed(job(), "default")


@pytest.mark.parametrize("moment", ["on_success", "on_failure", "on_stopped"])
def test_callbacks_are_refused_and_never_run(moment: str) -> None:
    options: dict[str, Any] = {moment: Callback("os.mkdir")}
    calling = job(**options)
    assert not is_allowed(calling, PREDICT)
    assert calling.success_callback is calling.failure_callback is calling.stopped_callback is None


def test_webhooks_are_refused_and_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr(Webhook, "send", lambda *args, **options: sent.append(args))
    calling = job(webhooks=[Webhook("http://169.254.169.254/", job_status="failed")])
    assert not is_allowed(calling, PREDICT)
    calling.send_webhooks("failed")
    assert sent == []


def test_a_method_of_an_object_is_refused() -> None:
    made = job()
    made.instance = object()
    assert not is_allowed(made, PREDICT)


@pytest.mark.parametrize("data", [b"no json", b"[]", b"{}", b"null", b"\x80\x04N."])
def test_data_that_is_no_job_is_refused(data: bytes) -> None:
    broken = job()
    broken.data = data
    assert not is_allowed(broken, PREDICT)


def test_both_workers_know_plain_jobs_alone() -> None:
    assert AllowListWorker.job_class is WarmWorker.job_class is PlainJob
