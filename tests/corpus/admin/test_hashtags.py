"""Hashtags: their list, the page of one, and the actions on them."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from corpus import statistics
from corpus.models import Hashtag, Post

URL = "/admin/corpus/hashtag/"


def act(client: Client, action: str, keys: list[str], **fields: Any) -> Any:
    selected = [str(pk) for pk in Hashtag.objects.filter(key__in=keys).values_list("pk", flat=True)]
    return client.post(
        URL, {"action": action, "_selected_action": selected, "select_across": "0", **fields}, follow=True
    )


def shown(client: Client, query: str) -> list[str]:
    return sorted(row.key for row in client.get(f"{URL}?{query}").context["cl"].result_list)


@pytest.fixture
def approved(posts: list[Post]) -> list[Post]:
    Post.objects.update(status=Post.Status.APPROVED)
    statistics.refresh()
    return posts


def test_it_works(curator_client: Client, approved: list[Post]) -> None:
    page = curator_client.get(URL).content.decode()
    cat = Hashtag.objects.get(key="cat")
    assert f'href="/admin/corpus/post/?hashtags__id__exact={cat.pk}">2</a>' in page
    assert "rare" in page and "normal" in page


def test_many_hashtags_ask_few_questions(
    admin_client: Client, db: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Hashtag.objects.bulk_create(Hashtag(key=f"t{n}", display=f"T{n}") for n in range(60))
    kept = Hashtag.objects.get(key="t0")
    Hashtag.objects.filter(key__startswith="t2").update(alias_of=kept)
    with django_assert_max_num_queries(15):
        admin_client.get(URL)


def test_search_and_filters(curator_client: Client, approved: list[Post]) -> None:
    Hashtag.objects.filter(key="sun").update(alias_of=Hashtag.objects.get(key="beach"), status="spam")
    assert shown(curator_client, "q=%23CA") == ["cat"]
    assert shown(curator_client, "q=%25") == []
    assert shown(curator_client, "aliases=has") == ["beach"]
    assert shown(curator_client, "aliases=is") == ["sun"]
    assert shown(curator_client, "aliases=none&tier__exact=rare") == ["cat", "pet", "sofa"]
    assert shown(curator_client, "status__exact=spam") == ["sun"]


@pytest.mark.parametrize("who", ["a\u202eb", "a\x07b", "a\u200bb"])
def test_who_says_so_holds_no_hidden_characters(curator_client: Client, posts: list[Post], who: str) -> None:
    answer = act(curator_client, "set_status", ["cat"], confirmed="1", status="spam", source=who)
    assert "Write this without control characters" in answer.content.decode()
    assert Hashtag.objects.get(key="cat").status == "normal"


def test_the_page_of_one(curator_client: Client, approved: list[Post]) -> None:
    cat = Hashtag.objects.get(key="cat")
    answer = curator_client.get(f"{URL}{cat.pk}/change/")
    assert [(row.label, row.number) for row in answer.context["company"]] == [("#pet", 1), ("#sofa", 1)]
    assert answer.context["examples"] == [approved[1], approved[0]]
    assert curator_client.post(f"{URL}{cat.pk}/change/").status_code == 405
    assert curator_client.get(f"{URL}999/change/").status_code == 302


def test_set_status(curator_client: Client, approved: list[Post]) -> None:
    fields = {"status": "restricted", "source": "a list", "date": "2026-03-01", "until": "2026-04-01"}
    assert 'name="until"' in act(curator_client, "set_status", ["cat"]).content.decode()
    act(curator_client, "set_status", ["cat"], confirmed="1", **fields)
    cat = Hashtag.objects.get(key="cat")
    assert (cat.status, cat.status_source, cat.status_date) == ("restricted", "a list", date(2026, 3, 1))
    page = curator_client.get(URL).content.decode()
    assert "reported restricted on 2026-03-01, the report expired on 2026-04-01" in page
    assert "safe" not in page.replace("unsafe", "")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"status": "restricted"}, "say who reported it, and when"),
        ({"status": "spam", "date": "2026-03-01", "until": "2026-02-01"}, "lies before the day of the report"),
        ({"status": "safe"}, "not one of the available choices"),
    ],
)
def test_refused_statuses(curator_client: Client, approved: list[Post], fields: dict[str, str], said: str) -> None:
    page = act(curator_client, "set_status", ["cat"], confirmed="1", **fields).content.decode()
    assert said in page
    assert Hashtag.objects.get(key="cat").status == "normal"


def test_merge_and_separate(curator_client: Client, approved: list[Post]) -> None:
    cat = Hashtag.objects.get(key="cat")
    act(curator_client, "merge", ["pet", "sofa"], confirmed="1", into=str(cat.pk))
    assert set(cat.aliases.values_list("key", flat=True)) == {"pet", "sofa"}
    assert "stands for #cat" in curator_client.get(URL).content.decode()
    act(curator_client, "separate", ["pet"])
    assert set(cat.aliases.values_list("key", flat=True)) == {"sofa"}


def test_looking_is_not_changing(outsider_client: Client, approved: list[Post]) -> None:
    assert act(outsider_client, "separate", ["cat"]).status_code == 403


def test_nobody_deletes_hashtags(administrator_client: Client, admin_client: Client, db: None) -> None:
    unused = Hashtag.objects.create(key="unused", display="unused")
    for client in (administrator_client, admin_client):
        assert client.post(f"{URL}{unused.pk}/delete/", {"post": "yes"}).status_code == 403
        act(client, "delete_selected", ["unused"], post="yes")
    assert Hashtag.objects.filter(pk=unused.pk).exists()


def test_autocomplete(curator_client: Client, outsider_client: Client, approved: list[Post]) -> None:
    query = {"app_label": "corpus", "model_name": "post", "field_name": "hashtags", "term": "#Ca"}
    found = curator_client.get("/admin/autocomplete/", query).json()["results"]
    assert [row["text"] for row in found] == ["#cat"]
    assert outsider_client.get("/admin/autocomplete/", query).status_code == 403
