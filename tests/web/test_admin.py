"""The admin: it carries the site's name, is ordered by task, and links the queue pages for administrators."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from redis.exceptions import ConnectionError

QUEUES = 'href="/admin/django_rq/dashboard/"'


def test_it_works(admin_client: Client) -> None:
    page = admin_client.get("/admin/").content.decode()
    assert "<title> Overview | tag4pic</title>" in page
    for name in ("Review", "Posts", "Duplicates", "Popular hashtags", "Scrapes", "Training runs", "Users"):
        assert f"<span>{name}</span>" in page
    assert QUEUES in page


def test_other_staff_see_no_queues(client: Client, django_user_model: type[User]) -> None:
    user = django_user_model.objects.create_user("ann", is_staff=True)
    user.groups.add(Group.objects.get(name="curator"))
    client.force_login(user)
    assert QUEUES not in client.get("/admin/").content.decode()
    for page in ("", "queues/0/", "stats.json"):
        assert client.get(f"/admin/django_rq/dashboard/{page}").status_code == 403


def test_administrators_need_not_be_superusers(client: Client, django_user_model: type[User]) -> None:
    user = django_user_model.objects.create_user("ada", is_staff=True)
    user.groups.add(Group.objects.get(name="administrator"))
    client.force_login(user)
    assert QUEUES in client.get("/admin/").content.decode()


def test_the_policy_is_looser_under_admin_alone(admin_client: Client) -> None:
    """The theme needs eval and inline styles; an inline script runs nowhere."""
    policy = admin_client.get("/admin/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval';" in f"{policy};" and "style-src 'self' 'unsafe-inline';" in f"{policy};"
    for page in ("/", "/nowhere/"):
        assert "unsafe" not in admin_client.get(page)["Content-Security-Policy"]


def test_no_page_of_the_admin_has_an_inline_script(admin_client: Client) -> None:
    for page in ("", "corpus/post/", "corpus/post/review/", "corpus/hashtag/", "auth/user/add/", "corpus/source/add/"):
        text = admin_client.get(f"/admin/{page}").content.decode()
        assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|\son\w+=", text) == []


def test_a_login_leads_to_the_overview(client: Client, django_user_model: type[User]) -> None:
    django_user_model.objects.create_superuser("ann", password="a-long-one")
    answer = client.post("/admin/login/", {"username": "ann", "password": "a-long-one"})
    assert answer["Location"] == "/admin/"


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
