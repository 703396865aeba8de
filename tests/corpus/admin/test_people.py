"""People in the admin: whoever decided on anything stays, so that the history does."""

from django.contrib.auth.models import User
from django.test import Client

from corpus import curation
from corpus.models import Post


def test_it_works(admin_client: Client, django_user_model: type[User]) -> None:
    newcomer = django_user_model.objects.create_user("newcomer")
    assert admin_client.post(f"/admin/auth/user/{newcomer.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not django_user_model.objects.filter(pk=newcomer.pk).exists()


def test_whoever_decided_stays(admin_client: Client, django_user_model: type[User], posts: list[Post]) -> None:
    curator = django_user_model.objects.create_user("curator", is_staff=True)
    curation.set_status(Post.objects.all(), Post.Status.REJECTED, curator)
    assert admin_client.post(f"/admin/auth/user/{curator.pk}/delete/", {"post": "yes"}).status_code == 403
    assert django_user_model.objects.filter(pk=curator.pk).exists()


def test_nobody_is_deleted_in_bulk(admin_client: Client) -> None:
    assert b"delete_selected" not in admin_client.get("/admin/auth/user/").content
