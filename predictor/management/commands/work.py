"""Runs the worker of one queue. Any number of them may run; `predict` keeps its models in memory, the others fork."""

import os
from argparse import ArgumentParser
from typing import Any

import django_rq
from django.core.management.base import CommandError
from redis.exceptions import ConnectionError as RedisConnectionError
from rq.serializers import JSONSerializer

from corpus.queue import SCRAPE
from predictor import jobs, queue
from predictor.worker import AllowListWorker, PlainJob, WarmWorker
from tag4pic_site.commands import HomeCommand

MAINTENANCE_SECONDS = 5  # between two looks for jobs that died with their worker
MONITORING_SECONDS = 5
BACKGROUND_NICENESS = 10  # of what nobody waits for


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("queue", choices=list(queue.ALLOWED))

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["queue"]
        WarmWorker.warm_up = staticmethod(jobs.warm_up)
        worker_class = WarmWorker if name == queue.PREDICT else AllowListWorker
        if name in (queue.TRAIN, SCRAPE):
            os.nice(BACKGROUND_NICENESS)
        source = django_rq.get_queue(name, job_class=PlainJob)
        try:
            worker = worker_class(
                [source],
                connection=source.connection,
                serializer=JSONSerializer,
                maintenance_interval=MAINTENANCE_SECONDS,
                job_monitoring_interval=MONITORING_SECONDS,
            )
            worker.work(logging_level="WARNING")
        except RedisConnectionError as error:
            raise CommandError(f"Redis cannot be reached: {error}") from error
