"""The queue pages of django-rq: what their addresses name is there, or the answer is 404."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.test import Client
from rq.exceptions import NoSuchJobError


@contextmanager
def answering_with(error: Exception, view: str) -> Iterator[None]:
    def raising(*args: object, **kwargs: object) -> None:
        raise error

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(f"django_rq.views.{view}", raising)
        yield


def test_it_works(admin_client: Client) -> None:
    for page in (
        "queues/9/",
        "queues/9/finished/",
        "schedulers/9/",
        "schedulers/0/",
        "schedulers/1/",
        "workers/9/nobody/",
    ):
        assert admin_client.get(f"/admin/django_rq/dashboard/{page}").status_code == 404, page


def test_a_job_that_is_gone_is_not_found(admin_client: Client) -> None:
    with answering_with(NoSuchJobError("gone"), "get_queue_by_index"):
        assert admin_client.get("/admin/django_rq/dashboard/queues/0/gone/").status_code == 404
