"""Models, versions and hashtags by API: anybody may ask."""

import pytest
from django.test import Client

from corpus.models import Hashtag
from predictor.models import ModelVersion

State = ModelVersion.State


def test_it_works(client: Client, versions: dict[str, ModelVersion]) -> None:
    ModelVersion.objects.filter(kind="als").update(metrics={"R5": 0.25, "R5_ci": [0.2, 0.3]})
    als, w2v = client.get("/api/v1/models").json()
    assert (als["kind"], w2v["kind"]) == ("als", "w2v")
    assert (als["serving"]["name"], als["serving"]["serves"]) == (str(versions["als"]), True)
    assert als["serving"]["metrics"] == {"R5": 0.25, "R5_ci": [0.2, 0.3]}


@pytest.mark.django_db
def test_a_site_without_versions(client: Client) -> None:
    assert [model["serving"] for model in client.get("/api/v1/models").json()] == [None, None]
    assert client.get("/api/v1/versions").json() == {"count": 0, "items": []}


def test_versions(client: Client, versions: dict[str, ModelVersion]) -> None:
    old = ModelVersion.objects.create(kind="als", backbone="x@y", manifest_sha256="a" * 64, state=State.PRUNED)
    told = client.get("/api/v1/versions").json()
    assert [item["id"] for item in told["items"]] == [old.pk, versions["w2v"].pk, versions["als"].pk]
    assert [item["serves"] for item in told["items"]] == [False, True, True]
    assert client.get(told["items"][0]["url"]).json() == told["items"][0]


@pytest.mark.django_db
@pytest.mark.parametrize("id", ["7", "0", "-1", "x", "9" * 30, "9" * 5000])
def test_no_such_version(client: Client, id: str) -> None:
    answer = client.get(f"/api/v1/versions/{id}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize(("typed", "found"), [("#S", ["sand", "sea", "sun"]), ("bea", ["beach"]), ("\0", []), ("", [])])
def test_hashtags(client: Client, typed: str, found: list[str]) -> None:
    Hashtag.objects.update(posts_number=1)
    assert [item["key"] for item in client.get("/api/v1/hashtags", {"q": typed}).json()] == found
