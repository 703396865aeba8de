"""The admin: it carries the site's name, and links the queue pages for administrators."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from redis.exceptions import ConnectionError

QUEUES = 'href="/admin/django_rq/dashboard/"'


def test_it_works(admin_client: Client) -> None:
    page = admin_client.get("/admin/").content.decode()
    assert "tag4pic administration" in page
    assert QUEUES in page


def test_other_staff_see_no_queues(client: Client, django_user_model: type[User]) -> None:
    client.force_login(django_user_model.objects.create_user("ann", is_staff=True))
    assert QUEUES not in client.get("/admin/").content.decode()
    for page in ("", "queues/0/", "stats.json"):
        assert client.get(f"/admin/django_rq/dashboard/{page}").status_code == 403


def test_visitors_have_to_log_in(client: Client, db: None) -> None:
    answer = client.get("/admin/django_rq/dashboard/")
    assert answer.status_code == 302 and answer["Location"].startswith("/admin/login/")


def test_without_redis_the_queue_pages_say_so(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_answer(**kwargs: object) -> None:
        raise ConnectionError("Connection refused.")

    monkeypatch.setattr("django_rq.stats_views.get_statistics", no_answer)
    answer = admin_client.get("/admin/django_rq/dashboard/")
    assert answer.status_code == 503
    assert "Redis does not answer" in answer.content.decode()
