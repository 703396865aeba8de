"""Figures for Prometheus, gathered from the database and Redis whenever they are asked for: no process keeps any."""

from __future__ import annotations

import hmac
import ipaddress
import shutil
from collections.abc import Iterable, Iterator
from datetime import timedelta

import django_rq
from django.conf import settings
from django.db.models import Count, F, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from rq import Worker

from predictor import queue
from predictor.learning import versions
from predictor.models import Contribution, ModelVersion, TrainingRun, Upload

RECENT = timedelta(minutes=5)
LOOKED_AT = 1000  # of the recent answers, the latest
QUANTILES = (0.5, 0.95)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for programs on this machine and those that show TAG4PIC_METRICS_TOKEN."""
    if not may_read(request):
        sentence = _("Metrics are for programs on the site's own machine, and for those with TAG4PIC_METRICS_TOKEN.")
        return HttpResponse(sentence, status=403, content_type="text/plain; charset=utf-8")
    registry = CollectorRegistry()
    registry.register(SiteCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """Whether a request shows the token, or comes from this machine; one through a proxy here only seems to."""
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    wanted = settings.METRICS_TOKEN
    if wanted and hmac.compare_digest(shown.encode(), wanted.encode()):
        return True
    if "X-Forwarded-For" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class SiteCollector(Collector):
    """Everything that is said of the site, in as many queries as there are families."""

    def describe(self) -> Iterable[Metric]:
        return []  # else the registry would ask for everything when this is registered

    def collect(self) -> Iterator[Metric]:
        yield _by_state("tag4pic_uploads", "Photos that are kept.", Upload.objects.all(), Upload.State.values)
        yield _by_state(
            "tag4pic_contributions", "Contributions.", Contribution.objects.all(), Contribution.State.values
        )
        yield _by_state("tag4pic_training_runs", "Training runs.", TrainingRun.objects.all(), TrainingRun.State.values)
        yield _oldest_waiting()
        yield from _answers()
        yield from _versions()
        yield from _queues()
        free = shutil.disk_usage(settings.MEDIA_ROOT).free
        yield GaugeMetricFamily("tag4pic_disk_free_bytes", "Free room for photos.", free)


def _by_state(
    name: str, about: str, rows: QuerySet[Upload] | QuerySet[Contribution] | QuerySet[TrainingRun], states: list[str]
) -> Metric:
    family = GaugeMetricFamily(name, about, labels=["state"])
    counted = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    for state in states:
        family.add_metric([state], counted.get(state, 0))
    return family


def _oldest_waiting() -> Metric:
    first = Upload.objects.waiting().aggregate(first=Min("created"))["first"]
    seconds = max(0.0, (timezone.now() - first).total_seconds()) if first else 0.0
    return GaugeMetricFamily("tag4pic_oldest_waiting_seconds", "How long the first waiting photo has waited.", seconds)


def _answers() -> Iterator[Metric]:
    recent = Upload.objects.filter(state=Upload.State.DONE, finished__gt=timezone.now() - RECENT)
    newest = recent.order_by("-finished").values_list(F("finished") - F("created"), flat=True)[:LOOKED_AT]
    seconds = sorted(took.total_seconds() for took in newest)
    yield GaugeMetricFamily("tag4pic_recent_answers", "Photos that were answered in the last 5 minutes.", len(seconds))
    family = GaugeMetricFamily(
        "tag4pic_recent_answer_seconds", "From arrival to answer, of those answers.", labels=["quantile"]
    )
    for quantile in QUANTILES if seconds else ():
        family.add_metric([str(quantile)], seconds[round(quantile * (len(seconds) - 1))])
    yield family


def _versions() -> Iterator[Metric]:
    states = GaugeMetricFamily("tag4pic_versions", "Versions of the models.", labels=["kind", "state"])
    counted = ModelVersion.objects.order_by().values_list("kind", "state").annotate(Count("pk"))
    for kind, state, number in counted:
        states.add_metric([kind, state], number)
    yield states
    serving = GaugeMetricFamily("tag4pic_serving_version", "The version that serves.", labels=["kind"])
    for kind, version in versions.active().items():
        serving.add_metric([kind], version.pk)
    yield serving


def _queues() -> Iterator[Metric]:
    depths = GaugeMetricFamily("tag4pic_queue_jobs", "Jobs that wait in a queue.", labels=["queue"])
    workers = GaugeMetricFamily("tag4pic_workers", "Workers of a queue.", labels=["queue"])
    up = 1
    try:
        for name in queue.ALLOWED:
            found = django_rq.get_queue(name)
            depths.add_metric([name], found.count)
            workers.add_metric([name], Worker.count(queue=found))
    except queue.QueueError:
        up = 0
    yield GaugeMetricFamily("tag4pic_redis_up", "1 where Redis answers; without it the queues are unknown.", up)
    yield from (depths, workers)
