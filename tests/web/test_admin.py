"""The admin: it carries the site's name, and links the queue pages for administrators."""

from django.contrib.auth.models import User
from django.test import Client

QUEUES = 'href="/admin/django_rq/dashboard/"'


def test_it_works(admin_client: Client) -> None:
    page = admin_client.get("/admin/").content.decode()
    assert "tag4pic administration" in page
    assert QUEUES in page


def test_other_staff_see_no_queues(client: Client, django_user_model: type[User]) -> None:
    client.force_login(django_user_model.objects.create_user("ann", is_staff=True))
    assert QUEUES not in client.get("/admin/").content.decode()
    assert client.get("/admin/django_rq/dashboard/").status_code in (302, 403, 404)
