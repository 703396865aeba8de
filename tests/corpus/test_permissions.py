"""The groups of staff, made by migrations, and what their members see."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.test import Client

from corpus.permissions import is_administrator, make_groups

CURATED = ["corpus/post", "corpus/hashtag", "corpus/popularhashtag", "corpus/bulkchange", "corpus/source"]
CURATED += ["corpus/importrun", "corpus/scraperun"]
CLOSED = ["auth/user", "auth/group", "axes/accessattempt", "predictor/upload", "predictor/modelversion"]


@pytest.fixture
def member(client: Client, db: None, request: pytest.FixtureRequest) -> Client:
    user = User.objects.create_user("ann", is_staff=True)
    user.groups.add(Group.objects.get(name=request.param))
    client.force_login(user)
    return client


@pytest.mark.parametrize("member", ["curator"], indirect=True)
def test_it_works(member: Client) -> None:
    for table in CURATED:
        assert member.get(f"/admin/{table}/").status_code == 200, table
    for table in CLOSED:
        assert member.get(f"/admin/{table}/").status_code == 403, table
    assert member.get("/admin/django_rq/dashboard/").status_code == 403
    page = member.get("/admin/").content.decode()
    for name in ("Users", "Groups", "Queues", "Training runs"):
        assert f"<span>{name}</span>" not in page


@pytest.mark.parametrize("member", ["administrator"], indirect=True)
def test_administrators_see_everything(member: Client) -> None:
    for table in CURATED + CLOSED:
        assert member.get(f"/admin/{table}/").status_code == 200, table


@pytest.mark.parametrize("member", ["administrator"], indirect=True)
def test_only_superusers_make_superusers(member: Client) -> None:
    root, bob = User.objects.create_superuser("root"), User.objects.create_user("bob")
    assert "is_superuser" not in member.get(f"/admin/auth/user/{bob.pk}/change/").context["adminform"].form.fields
    fields = {"username": "bob", "is_superuser": "on", "is_staff": "on", "date_joined_0": "2026-01-01"}
    member.post(f"/admin/auth/user/{bob.pk}/change/", {**fields, "date_joined_1": "10:00"})
    bob.refresh_from_db()
    assert bob.is_staff and not bob.is_superuser
    member.post(f"/admin/auth/user/{root.pk}/password/", {"password1": "changed-4-you", "password2": "changed-4-you"})
    root.refresh_from_db()
    assert not root.check_password("changed-4-you")
    assert member.post(f"/admin/auth/user/{root.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("member", ["administrator"], indirect=True)
def test_the_largest_group_can_be_saved(member: Client) -> None:
    group = Group.objects.get(name="administrator")
    rights = list(group.permissions.values_list("pk", flat=True))
    member.post(f"/admin/auth/group/{group.pk}/change/", {"name": "administrator", "permissions": rights[1:]})
    assert group.permissions.count() == len(rights) - 1


@pytest.mark.parametrize("member", ["curator"], indirect=True)
def test_nobody_deletes_posts_in_bulk(member: Client) -> None:
    assert "delete_selected" not in member.get("/admin/corpus/post/").content.decode()


def test_making_the_groups_again_changes_nothing(db: None) -> None:
    before = {group.name: group.permissions.count() for group in Group.objects.all()}
    assert before["administrator"] > before["curator"] > 0
    own = Permission.objects.get(codename="delete_source")
    Group.objects.get(name="curator").permissions.add(own)
    for config in apps.get_app_configs():
        make_groups(config)
    after = {group.name: group.permissions.count() for group in Group.objects.all()}
    assert after == {**before, "curator": before["curator"] + 1}


def test_who_is_an_administrator(db: None) -> None:
    group = Group.objects.get(name="administrator")
    staff, visitor, gone = (User.objects.create_user(name) for name in ("staff", "visitor", "gone"))
    for user in (staff, visitor, gone):
        user.groups.add(group)
    User.objects.filter(pk=staff.pk).update(is_staff=True)
    User.objects.filter(pk=gone.pk).update(is_staff=True, is_active=False)
    answers = [is_administrator(User.objects.get(pk=user.pk)) for user in (staff, visitor, gone)]
    assert answers == [True, False, False]
    assert is_administrator(User.objects.create_superuser("root")) and not is_administrator(AnonymousUser())
