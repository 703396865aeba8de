"""Figures for Prometheus, and who may read them."""

from datetime import timedelta
from types import SimpleNamespace

import django_rq
import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings
from redis.exceptions import ConnectionError as RedisConnectionError
from rq import Worker

from predictor.models import ModelVersion, Upload
from tests.contributions import Give

Samples = dict[tuple[str, ...], float]


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Redis in which each queue has three jobs and one worker."""
    monkeypatch.setattr(django_rq, "get_queue", lambda name: SimpleNamespace(count=3))
    monkeypatch.setattr(Worker, "count", lambda queue: 1)


def read(client: Client) -> Samples:
    answer = client.get("/metrics")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_it_works(client: Client, versions: dict[str, ModelVersion], give: Give, redis: None) -> None:
    give()
    now = timezone.now()
    for milliseconds in (100, 200, 900):
        row = Upload.objects.create(sha256="d" * 64, state=Upload.State.DONE, finished=now)
        Upload.objects.filter(pk=row.pk).update(created=now - timedelta(milliseconds=milliseconds))
    row = Upload.objects.create(sha256="e" * 64)
    Upload.objects.filter(pk=row.pk).update(created=now - timedelta(seconds=90))
    found = read(client)
    assert found["tag4pic_uploads", "new"] == 1 and found["tag4pic_uploads", "done"] == 4
    assert found["tag4pic_uploads", "failed"] == 0
    assert 90 <= found["tag4pic_oldest_waiting_seconds",] < 100
    assert found["tag4pic_recent_answers",] == 3
    assert found["tag4pic_recent_answer_seconds", "0.5"] == 0.2
    assert found["tag4pic_recent_answer_seconds", "0.95"] == 0.9
    assert found["tag4pic_contributions", "waiting"] == 1
    assert found["tag4pic_versions", "als", "ready"] == 1
    assert found["tag4pic_serving_version", "w2v"] == versions["w2v"].pk
    assert (found["tag4pic_queue_jobs", "predict"], found["tag4pic_workers", "train"]) == (3, 1)
    assert found["tag4pic_redis_up",] == 1 and found["tag4pic_disk_free_bytes",] > 0


@pytest.mark.django_db
def test_an_empty_site_without_redis(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def away(name: str) -> None:
        raise RedisConnectionError

    monkeypatch.setattr(django_rq, "get_queue", away)
    with django_assert_max_num_queries(10):
        found = read(client)
    assert found["tag4pic_redis_up",] == 0
    assert ("tag4pic_queue_jobs", "predict") not in found


@pytest.mark.django_db
@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize(
    ("remote", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("192.0.2.7", {"Authorization": "Bearer secret"}, 200),
        ("192.0.2.7", {"Authorization": "Bearer wrong"}, 403),
        ("192.0.2.7", {"Authorization": "Bearer \u00e9"}, 403),
        ("192.0.2.7", {"Authorization": "Bearer "}, 403),
    ],
)
def test_who_may_read(client: Client, settings: Settings, remote: str, headers: dict[str, str], status: int) -> None:
    settings.METRICS_TOKEN = "secret"  # noqa: S105
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=remote).status_code == status


@pytest.mark.django_db
def test_no_token_is_no_key(client: Client) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer "}, REMOTE_ADDR="192.0.2.7").status_code == 403
