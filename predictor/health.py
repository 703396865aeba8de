"""Health, for monitors: whether this process lives, and whether the site can take and answer photos."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import django_rq
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rq import Worker

from predictor import metrics, queue
from predictor.learning import versions
from predictor.ml import artefact
from predictor.ml.artefact import ArtefactError
from predictor.models import Upload

SILENT = timedelta(seconds=60)  # a photo that waits for longer is not being answered


class Unready(Exception):
    """A part of the site that does not work; the text is a sentence for its operator."""


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """Say that this process answers. Nothing else is asked, so a monitor can restart what stays silent."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Say for each part of the site whether it works; 503 where photos cannot be taken or answered.

    How each part is, with numbers and versions, is for those who may read the metrics.
    """
    found = {name: _look(check) for name, check in CHECKS.items()}
    good = all(one["ok"] for one in found.values())
    if not metrics.may_read(request):
        found = {name: {"ok": one["ok"]} for name, one in found.items()}
    return JsonResponse({"ready": good, "checks": found}, status=200 if good else 503)


def _look(check: Callable[[], str]) -> dict[str, object]:
    try:
        return {"ok": True, "detail": check()}
    except Unready as error:
        return {"ok": False, "detail": str(error)}
    except DatabaseError:
        return {"ok": False, "detail": "The database does not answer, or lacks tables."}
    except queue.QueueError:
        return {"ok": False, "detail": "Redis does not answer. Photos wait until it does."}


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return f"{connection.vendor} answers."


def _migrations() -> str:
    if not _migrated():
        _migrated.cache_clear()
        raise Unready("The tables are those of an older program. Run `manage.py migrate`.")
    return "All tables are as this program needs them."


@cache
def _migrated() -> bool:
    """Whether no migration is missing; once that holds, it holds for this process."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _redis() -> str:
    django_rq.get_connection(queue.PREDICT).ping()
    return "Redis answers."


def _workers() -> str:
    numbers = {name: Worker.count(queue=django_rq.get_queue(name)) for name in queue.ALLOWED}
    if not numbers[queue.PREDICT]:
        raise Unready("No worker takes photos. Run `manage.py work predict`.")
    return ", ".join(f"{name}: {number}" for name, number in numbers.items())


def _waiting() -> str:
    waiting = Upload.objects.waiting()
    depth, oldest = waiting.count(), waiting.order_by("created").first()
    if depth > settings.WAITING_LIMIT:
        raise Unready(f"{depth} photos wait; new ones are told to come back later.")
    if oldest is not None and timezone.now() - oldest.created > SILENT:
        raise Unready(f"{depth} photos wait, the first of them since {oldest.created:%Y-%m-%d %H:%M:%S} UTC.")
    return f"{depth} photos wait."


def _models() -> str:
    serving = versions.active()
    if not serving:
        raise Unready("No trained version serves. Run `manage.py train`, or start the site once.")
    for version in serving.values():
        try:
            artefact.check_manifest(version.folder, version.manifest_sha256)
        except ArtefactError as error:
            raise Unready(str(error)) from error
    return f"{versions.names(list(serving.values()))} serve."


def _disk() -> str:
    free = shutil.disk_usage(settings.MEDIA_ROOT).free // (1024 * 1024)
    if free < settings.MIN_FREE_MB:
        raise Unready(f"{free} MB are free, and photos are refused under {settings.MIN_FREE_MB} MB.")
    return f"{free} MB are free."


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "redis": _redis,
    "workers": _workers,
    "queue": _waiting,
    "models": _models,
    "disk": _disk,
}
