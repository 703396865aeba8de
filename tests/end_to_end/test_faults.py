"""Faults while the whole site runs: what is killed comes back, and no photo is lost or answered twice."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from redis import Redis
from rq import Callback, Queue, Retry
from rq.serializers import JSONSerializer
from rq.webhook import Webhook

from tests.benchmarks.client import Client
from tests.benchmarks.photos import data_folder
from tests.end_to_end.waiting import wait_for
from tests.running_site import Site

pytestmark = pytest.mark.slow


@pytest.fixture
def photo() -> bytes:
    return (data_folder() / "rocket.jpg").read_bytes()


@pytest.fixture
def redis(running_site: Site) -> Iterator[Redis]:
    configuration = (running_site.home / "redis" / "redis.conf").read_text()
    words = dict(line.split(" ", 1) for line in configuration.splitlines())
    with closing(Redis(unix_socket_path=words["unixsocket"].strip('"'), password=words["requirepass"])) as connection:
        yield connection


def row(site: Site, id: str) -> tuple[Any, ...]:
    """Return state, attempts and number of suggestions of an upload."""
    with closing(sqlite3.connect(site.home / "tag4pic.sqlite3", timeout=20)) as database:
        id = id.replace("-", "")
        count = database.execute("SELECT count(*) FROM predictor_suggestion WHERE upload_id = ?", [id]).fetchone()
        found = database.execute("SELECT state, attempts FROM predictor_upload WHERE id = ?", [id]).fetchone()
        return (*found, *count)


def answered(site: Site, id: str) -> Callable[[], bool]:
    return lambda: bool(row(site, id)[0] == "done")


def send_stopped(site: Site, photo: bytes) -> str:
    """Upload a photo while the warm child stands still, so that its job is in the child's hands."""
    child = site.pids("work predict")[-1]
    os.kill(child, signal.SIGSTOP)
    return Client(site.url).upload(photo + os.urandom(8), "rocket.jpg")


def test_it_works(running_site: Site, photo: bytes) -> None:
    id = Client(running_site.url).upload(photo, "rocket.jpg")
    wait_for(answered(running_site, id))
    assert row(running_site, id) == ("done", 1, 200)
    kept = [file.name for file in (running_site.home / "media" / "uploads").rglob(f"{id}*")]
    assert kept == [f"{id}.jpg"], "the original goes, the copy stays"


def test_the_child_is_killed_with_a_job_in_its_hands(running_site: Site, photo: bytes) -> None:
    id = send_stopped(running_site, photo)
    time.sleep(0.5)
    os.kill(running_site.pids("work predict")[-1], signal.SIGKILL)
    wait_for(answered(running_site, id))
    assert row(running_site, id)[2] == 200


def test_the_worker_is_killed(running_site: Site, photo: bytes) -> None:
    id = send_stopped(running_site, photo)
    for pid in running_site.pids("work predict"):
        os.kill(pid, signal.SIGKILL)
    wait_for(answered(running_site, id))
    assert row(running_site, id)[2] == 200


def test_redis_is_killed_and_uploads_are_still_taken(running_site: Site, photo: bytes) -> None:
    client = Client(running_site.url)
    ids = []
    for number in range(6):
        if number in (1, 4):
            for pid in running_site.pids("unixsocket"):
                os.kill(pid, signal.SIGKILL)
        ids.append(client.upload(photo + bytes([number]), "rocket.jpg"))
    for id in ids:
        wait_for(answered(running_site, id))
        assert row(running_site, id)[2] == 200


@pytest.mark.parametrize("queue", ["predict", "train", "scrape"])
def test_a_job_that_is_not_on_the_list_is_refused(running_site: Site, redis: Redis, tmp_path: Path, queue: str) -> None:
    trace = tmp_path / "trace"
    jobs = Queue(queue, connection=redis, serializer=JSONSerializer)
    stranger = jobs.enqueue("os.mkdir", str(trace))
    callback = jobs.enqueue("predictor.jobs.answer_upload", "x", on_failure=Callback("os.mkdir"))
    with socket.create_server(("127.0.0.1", 0)) as hook:
        url = f"http://127.0.0.1:{hook.getsockname()[1]}/"
        calling = jobs.enqueue("os.mkdir", str(trace), webhooks=[Webhook(url, job_status="failed")], retry=Retry(2))
        refused = (stranger, callback, calling)
        wait_for(lambda: {job.get_status(refresh=True) for job in refused} == {"failed"})
        hook.settimeout(0.5)
        with pytest.raises(TimeoutError):
            hook.accept()
    assert not trace.exists()
    left = {job.id.encode() for job in refused}
    wait_for(lambda: left.isdisjoint(redis.lrange(jobs.intermediate_queue_key, 0, -1)))


def test_a_second_site_in_the_same_home_is_refused(running_site: Site) -> None:
    environment = {**os.environ, "TAG4PIC_HOME": str(running_site.home)}
    command = [sys.executable, "manage.py", "serve"]
    second = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert second.returncode == 1
    assert running_site.url in second.stderr
