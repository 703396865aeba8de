"""Health: each part of the site that does not work is named."""

import shutil
from datetime import timedelta
from types import SimpleNamespace

import django_rq
import pytest
from django.db import DatabaseError
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from redis.exceptions import ConnectionError as RedisConnectionError
from rq import Worker

from predictor import health
from predictor.models import ModelVersion, Upload


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """A Redis that answers; return the numbers of workers, which may be changed."""
    numbers = {"predict": 1, "train": 1, "scrape": 1}
    monkeypatch.setattr(django_rq, "get_connection", lambda name: SimpleNamespace(ping=lambda: True))
    monkeypatch.setattr(django_rq, "get_queue", lambda name: name)
    monkeypatch.setattr(Worker, "count", lambda queue: numbers[queue])
    return numbers


def look(client: Client) -> tuple[int, dict[str, str]]:
    """Return the status, and the sentence of each part that does not work."""
    answer = client.get("/readyz")
    told = answer.json()
    assert told["ready"] == (answer.status_code == 200)
    return answer.status_code, {name: part["detail"] for name, part in told["checks"].items() if not part["ok"]}


def test_it_works(client: Client, serving: dict[str, ModelVersion], redis: dict[str, int]) -> None:
    assert look(client) == (200, {})


@pytest.mark.django_db
def test_alive(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_monitors_ask_without_the_proxy(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/").status_code == 301
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_without_a_version(client: Client, redis: dict[str, int]) -> None:
    status, troubles = look(client)
    assert (status, list(troubles)) == (503, ["models"])
    assert "manage.py train" in troubles["models"]


def test_a_program_gets_the_checks(client: Client, redis: dict[str, int], db: None) -> None:
    answer = client.get("/readyz", headers={"Accept": "application/json"})
    assert answer.status_code == 503 and answer.json()["checks"]


@pytest.mark.django_db
def test_others_are_told_no_more_than_what_works(client: Client, redis: dict[str, int], settings: Settings) -> None:
    settings.METRICS_TOKEN = "let me see"
    answer = client.get("/readyz", headers={"X-Forwarded-For": "192.0.2.7"})
    told = answer.json()["checks"]
    assert answer.status_code == 503 and told["models"] == {"ok": False} and told["redis"] == {"ok": True}
    headers = {"X-Forwarded-For": "192.0.2.7", "Authorization": "Bearer let me see"}
    assert "manage.py train" in client.get("/readyz", headers=headers).json()["checks"]["models"]["detail"]


def test_a_damaged_version(client: Client, serving: dict[str, ModelVersion], redis: dict[str, int]) -> None:
    (serving["als"].folder / "manifest.json").write_text("{}")
    status, troubles = look(client)
    assert (status, list(troubles)) == (503, ["models"])
    assert "changed after it was published" in troubles["models"]


def test_without_redis(client: Client, serving: dict[str, ModelVersion], monkeypatch: pytest.MonkeyPatch) -> None:
    def away(name: str) -> None:
        raise RedisConnectionError("unix:///secret/place")

    monkeypatch.setattr(django_rq, "get_connection", away)
    monkeypatch.setattr(django_rq, "get_queue", away)
    status, troubles = look(client)
    assert (status, list(troubles)) == (503, ["redis", "workers"])
    assert "secret" not in str(troubles)


def test_without_a_worker(client: Client, serving: dict[str, ModelVersion], redis: dict[str, int]) -> None:
    redis["predict"] = 0
    assert list(look(client)[1]) == ["workers"]


def test_photos_that_nobody_answers(client: Client, serving: dict[str, ModelVersion], redis: dict[str, int]) -> None:
    Upload.objects.create(sha256="c" * 64)
    assert look(client) == (200, {})
    Upload.objects.update(created=timezone.now() - timedelta(minutes=2))
    assert "1 photos wait, the first of them since" in look(client)[1]["queue"]


def test_a_full_queue(
    client: Client, serving: dict[str, ModelVersion], redis: dict[str, int], settings: Settings
) -> None:
    settings.WAITING_LIMIT = 0
    Upload.objects.create(sha256="c" * 64)
    assert list(look(client)[1]) == ["queue"]


def test_a_full_disk(
    client: Client, serving: dict[str, ModelVersion], redis: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=0))
    assert list(look(client)[1]) == ["disk"]


def test_tables_of_an_older_program(
    client: Client, serving: dict[str, ModelVersion], redis: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    health._migrated.cache_clear()
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: ["one"])
    assert "manage.py migrate" in look(client)[1]["migrations"]
    monkeypatch.undo()
    assert health._migrations()


def test_without_the_database(client: Client, redis: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise DatabaseError("no password for the user")

    monkeypatch.setattr(health, "CHECKS", {"database": away})
    status, troubles = look(client)
    assert (status, list(troubles)) == (503, ["database"])
    assert "password" not in str(troubles)
