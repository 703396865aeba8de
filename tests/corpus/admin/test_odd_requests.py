"""Ids, filters and searches that make no sense lead to a page that says so, on every list and page of the admin."""

from urllib.parse import urlencode

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django_rq.models import Dashboard

from corpus.models import BulkChange, Hashtag, Post
from tests.corpus.admin.test_popular import upload

ODD = ["x", "²", "-1", "0", "9" * 19, "9" * 25, "9999-12-31", "\0", "[]", "nan", ""]
MANY = "a " * 1500
LISTS = [model._meta for model in site._registry if model is not Dashboard]
PARAMETERS = ["id__exact", "id__in", "foo", "o", "p", "all", "e", "created__year", "taken__year", "date_joined__year"]
PARAMETERS += ["attempt_time__year", "hashtags__id__exact", "import_run__id__exact", "source__id__exact"]
PARAMETERS += ["status__exact", "created_to", "created_from", "groups__id__exact"]


@pytest.fixture
def steady(admin_client: Client) -> Client:
    """Return a client that gets a page where the site breaks, as a browser does."""
    admin_client.raise_request_exception = False
    return admin_client


@pytest.mark.parametrize("table", LISTS, ids=lambda table: table.label_lower)
def test_it_works(steady: Client, posts: list[Post], table: object) -> None:
    place = reverse(f"admin:{table.app_label}_{table.model_name}_changelist")  # type: ignore[attr-defined]
    for odd in ODD:
        for name in PARAMETERS:
            assert steady.get(place, {name: odd}).status_code < 500, (name, odd)
        dates = {"created__year": odd, "created__month": odd, "created__day": "1"}
        assert steady.get(place, dates).status_code < 500, odd
    assert steady.get(place, {"q": MANY}).status_code < 500


@pytest.mark.parametrize("table", LISTS, ids=lambda table: table.label_lower)
@pytest.mark.parametrize("odd", ["x", "²", "-1", "9" * 19, "9" * 25])
def test_pages_of_no_row(steady: Client, table: object, odd: str) -> None:
    for page in ("change", "delete", "history"):
        name = f"admin:{table.app_label}_{table.model_name}_{page}"  # type: ignore[attr-defined]
        assert steady.get(reverse(name, args=[odd])).status_code < 500, page


@pytest.mark.parametrize("table", ["post", "hashtag", "popularhashtag"])
@pytest.mark.parametrize("name", PARAMETERS)
def test_exports(steady: Client, posts: list[Post], table: str, name: str) -> None:
    for odd in ODD:
        place = f"/admin/corpus/{table}/export/?{urlencode({name: odd})}"
        assert steady.get(place).status_code < 500, odd
        assert steady.post(place, {"format": "0", "resource": "0"}).status_code < 500, odd
        assert steady.post(place, {"format": odd, "resource": odd, "export_items": odd}).status_code < 500, odd


@pytest.mark.parametrize("odd", ["x", "²", "-1", "9" * 19, "9" * 25])
def test_actions(steady: Client, posts: list[Post], odd: str) -> None:
    Group.objects.create(name="mine")
    for place, action in (
        ("corpus/post", "approve"),
        ("corpus/hashtag", "separate"),
        ("auth/group", "delete_selected"),
    ):
        data = {"action": action, "_selected_action": odd, "confirmed": "1"}
        answer = steady.post(f"/admin/{place}/", data, follow=True)
        assert answer.status_code == 200 and "Tick rows of the list" in answer.content.decode()
    assert not BulkChange.objects.exists()


@pytest.mark.parametrize("odd", ["x", "²", "-1", "9" * 19, "9" * 25])
def test_choices_of_forms(steady: Client, posts: list[Post], odd: str) -> None:
    some = {"_selected_action": [post.pk for post in posts[:2]], "confirmed": "1"}
    answer = steady.post("/admin/corpus/post/", {**some, "action": "tag", "chosen": odd})
    assert "Choose or type at least one hashtag." in answer.content.decode()
    assert steady.post("/admin/corpus/post/", {**some, "action": "merge", "into": odd}).status_code == 200
    ticked = {**some, "_selected_action": Hashtag.objects.values_list("pk", flat=True)[0]}
    answer = steady.post("/admin/corpus/hashtag/", {**ticked, "action": "merge", "into": odd})
    assert "This field is required." in answer.content.decode()
    assert not BulkChange.objects.exists()


def test_long_searches_for_a_choice(steady: Client, posts: list[Post]) -> None:
    field = {"app_label": "corpus", "model_name": "post", "field_name": "hashtags"}
    assert steady.get("/admin/autocomplete/", {**field, "term": MANY}).status_code == 200


def test_the_queue_pages_have_no_rows(steady: Client) -> None:
    for page in ("change", "delete", "history"):
        assert steady.get(f"/admin/django_rq/dashboard/1/{page}/").status_code == 404
    kind = ContentType.objects.get_or_create(app_label="django_rq", model="dashboard")[0]
    assert steady.get(f"/admin/r/{kind.pk}/1/").status_code == 404


def test_a_list_to_take_without_its_name(steady: Client, db: None) -> None:
    confirmed = upload(steady, "key\nlove\n").context["confirm_form"].initial
    for missing in ("original_file_name", "import_file_name"):
        fields = {name: value for name, value in confirmed.items() if name != missing}
        assert steady.post("/admin/corpus/popularhashtag/process_import/", fields).status_code < 500
