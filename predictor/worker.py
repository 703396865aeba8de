"""RQ workers of tag4pic: they run allowed jobs only; the warm one keeps its child, and with it the loaded models.

RQ's own worker forks a child ("work horse") for every job. `WarmWorker` forks one and feeds it job after job over a
pipe, so that a photo does not wait for models to load; time-outs, stops, crashes and kills of the child are handled by
RQ as ever, and the next job gets a new child.
"""

import os
import select
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from django.db import connections
from rq import Queue, Worker
from rq.exceptions import DeserializationError
from rq.executions import Execution
from rq.job import Job

from predictor.queue import ALLOWED
from tag4pic_site.processes import die_with_parent

IDLE_SECONDS = 1.0  # between two looks of an idle child for new versions
NOT_ALLOWED = "This worker does not run such jobs."


class PlainJob(Job):
    """A job that never calls back: RQ would do so even for a job that was refused, or whose worker has died."""

    success_callback = failure_callback = stopped_callback = None

    def send_webhooks(self, *args: object, **kwargs: object) -> None:
        """Send none."""


class AllowListWorker(Worker):
    """A worker that runs the jobs of `queue.ALLOWED` and nothing else, whatever stands in Redis."""

    job_class = PlainJob

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        connections.close_all()  # SQLite breaks where a connection lives on in two processes
        super().fork_work_horse(job, queue)

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        if not is_allowed(job, queue.name):
            self.log.warning("Refused a job that is not allowed in %s: %s", queue.name, job.id)
            self.handle_job_failure(job=job, queue=queue, exc_string=NOT_ALLOWED, execution=execution)
            self.connection.lrem(queue.intermediate_queue_key, 1, job.id)
            return False
        return bool(super().perform_job(job, queue, execution))


def is_allowed(job: Job, queue: str) -> bool:
    """Whether a job is on its queue's list, and brings no callback or webhook of its own."""
    extras = (job._success_callback_name, job._failure_callback_name, job._stopped_callback_name, job.webhooks)
    try:
        return job.func_name in ALLOWED.get(queue, ()) and job.instance is None and not any(extras)
    except DeserializationError:
        return False


class WarmWorker(AllowListWorker):
    """A worker whose child lives on from job to job. The worker itself stays light and imports no model library."""

    warm_up: Callable[[], None] = staticmethod(lambda: None)  # called in the child, at its start and while it is idle
    max_connection_wait_time = 1.0  # seconds between two tries to reach a Redis that is down
    _warm_pid = 0
    _orders = _answers = -1  # pipe ends of the worker: job ids to the child, one byte back for each job done

    def bootstrap(self, *args: Any, **kwargs: Any) -> None:
        super().bootstrap(*args, **kwargs)
        self._start_child()

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Hand the job to the child; a child that is gone is replaced first."""
        if not self._child_lives():
            self._start_child()
        self._horse_pid = self._warm_pid
        execution = self.execution
        assert execution is not None
        with suppress(BrokenPipeError):  # a child that has just died is found out by `wait_for_horse`
            os.write(self._orders, f"{queue.name} {job.id} {execution.id}\n".encode())

    def wait_for_horse(self) -> tuple[int | None, int | None, Any]:
        """Wait until the child has done its job or died. RQ interrupts the wait to keep its heartbeat."""
        select.select([self._answers], [], [])
        if os.read(self._answers, 1):
            return self._warm_pid, os.EX_OK, None
        return self._bury_child()

    def _child_lives(self) -> bool:
        return bool(self._warm_pid) and not select.select([self._answers], [], [], 0)[0]

    def _bury_child(self) -> tuple[int, int, Any]:
        pid, status, usage = os.wait4(self._warm_pid, 0)
        os.close(self._orders)
        os.close(self._answers)
        self._warm_pid = 0
        return pid, status, usage

    def _start_child(self) -> None:
        if self._warm_pid:
            self._bury_child()
        orders_out, orders_in = os.pipe()
        answers_out, answers_in = os.pipe()
        connections.close_all()
        pid = os.fork()
        if pid:
            os.close(orders_out)
            os.close(answers_in)
            self._warm_pid, self._orders, self._answers = pid, orders_in, answers_out
            return
        os.setpgrp()
        die_with_parent()
        os.close(orders_in)
        os.close(answers_out)
        self._live_as_child(orders_out, answers_in)

    def _live_as_child(self, orders: int, answers: int) -> NoReturn:
        """Do job after job until the worker is gone. Leaves by os._exit alone, as a forked child must."""
        status = os.EX_SOFTWARE
        try:
            self.setup_work_horse_signals()  # type: ignore[no-untyped-call]
            self._is_horse = True
            self._serve(orders, answers)
            status = os.EX_OK
        except Exception:
            self.log.exception("The warm child ends")
        finally:
            os._exit(status)

    def _serve(self, orders: int, answers: int) -> None:
        self.warm_up()
        with os.fdopen(orders, "rb", buffering=0) as lines:
            while True:
                if not select.select([lines], [], [], IDLE_SECONDS)[0]:
                    self.warm_up()
                elif line := lines.readline():
                    self._do(*line.decode().split())
                    os.write(answers, b".")
                else:
                    return

    def _do(self, queue_name: str, job_id: str, execution_id: str) -> None:
        """Fetch one job and run it as RQ's own child would."""
        queue = next(queue for queue in self.queues if queue.name == queue_name)
        job = self.job_class.fetch(job_id, connection=self.connection, serializer=self.serializer)
        execution = Execution.fetch(execution_id, job_id, connection=self.connection)
        execution._job = job
        self.execution = execution
        self.perform_job(job, queue, execution)
