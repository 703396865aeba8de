"""The public page of the models: all of it on an empty site and on a busy one, in as many queries."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from predictor import judging, models_page, models_views, voting
from predictor.models import Evaluation, ModelVersion
from predictor.people.visitors import Visitor
from tests.contributions import MakeAnswered


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def vote(make_answered: MakeAnswered, voter: str, winner: str, named: bool = False) -> None:
    upload = make_answered()
    if named:
        upload.note_named()
    sides = voting.ballot(upload)
    assert sides is not None
    voting.vote(upload, sides, Visitor(None, voter), "left" if sides.left.version.kind == winner else "right")


def row(name: str, group: str, recall: float) -> dict[str, Any]:
    interval = [recall - 0.02, recall + 0.02]
    figures = {"P1": 0.5, "R5": recall, "R5_ci": interval, "R10": 0.7, "R10_ci": [0.69, 0.71]}
    return {"name": name, "group": group, "version": "als:1", **figures, "F1": 0.3, "F1_ci": [0.29, 0.31]}


def measured(versions: dict[str, ModelVersion]) -> None:
    for version in versions.values():
        version.metrics = {"R5": 0.612, "R5_ci": [0.59, 0.63], "popularity_R5": 0.251}
        version.posts, version.hashtags = 12345, 678
        version.save()
    rows = [row("popularity", "baseline", 0.2), row("als", "model", 0.64), row("als at .5", "steered", 0.99)]
    Evaluation.objects.create(split="dev", posts=321, report={"rows": rows})


def page(client: Client) -> str:
    answer = client.get("/models/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_it_works(client: Client, make_answered: MakeAnswered, versions: dict[str, ModelVersion]) -> None:
    measured(versions)
    for place in range(7):
        vote(make_answered, f"voter {place}", "als" if place < 5 else "w2v")
    vote(make_answered, "other", "w2v", named=True)
    judging.judge(make_answered(), Visitor(None, "ann"), ["sea", "sun"], ["beach", "sand"], [])
    text = page(client)
    for version in versions.values():
        assert version.label in text and f"version {version.pk}, since" in text
    assert "12,345 posts" in text and "61.2 % (59.0 to 63.0)" in text and "25.1" in text
    assert "On 321 photos of the dev split" in text and "64.0 % (62.0 to 66.0)" in text and "99.0" not in text
    assert (
        "71.4 % (35.9 to 91.8)" in text
        and "Won 5, lost 2, both good 0, neither good 0. Of 7 votes, 7 count. 7 people voted." in text
    )
    assert "Votes of people who had seen the names" in text and "Won 0, lost 1" in text
    assert "66.7 %" in text  # als: sea and sun, not beach
    assert text.count('role="img"') == 2  # votes and acceptance; one version makes no curve
    assert " style=" not in text.split("<main")[1]


def test_an_empty_site(client: Client, db: None) -> None:
    text = page(client)
    assert "No version of it serves yet." in text and "Nobody has voted blindly yet." in text
    assert "Nothing was measured on this site yet" in text


def test_a_curve_of_versions(client: Client, versions: dict[str, ModelVersion]) -> None:
    measured(versions)
    metrics = {"R5": 0.7, "R5_ci": [0.6, 0.8], "popularity_R5": 0.2}
    ModelVersion.objects.create(
        kind="als", backbone=versions["als"].backbone, manifest_sha256="b" * 64, metrics=metrics
    )
    assert page(client).count('role="img"') == 1


def test_queries_do_not_grow(client: Client, make_answered: MakeAnswered, versions: dict[str, ModelVersion]) -> None:
    with CaptureQueriesContext(connection) as before:
        page(client)
    measured(versions)
    for place in range(6):
        vote(make_answered, f"voter {place}", "als")
    cache.clear()
    with CaptureQueriesContext(connection) as after:
        page(client)
    assert len(after) == len(before) <= 12


def test_figures_are_kept_for_a_minute(client: Client, versions: dict[str, ModelVersion]) -> None:
    page(client)
    with CaptureQueriesContext(connection) as queries:
        page(client)
    assert len(queries) == 0


def test_while_one_gathers_the_others_see_what_was_kept(client: Client, versions: dict[str, ModelVersion]) -> None:
    page(client)
    text, made = cache.get("models-en")
    cache.set("models-en", (text, made - models_views.FRESH), models_views.SHOWN)
    measured(versions)
    with models_views._gathering, CaptureQueriesContext(connection) as queries:
        assert "12,345 posts" not in page(client)
    assert len(queries) == 0
    assert "12,345 posts" in page(client)


@pytest.mark.parametrize(
    ("name", "group", "called"),
    [
        ("als", "model", "ALS recommender + DNN"),
        ("blend", "blend", "Обе вместе"),
        ("the five (blend)", "set", "Пять к публикации"),
        ("popularity", "baseline", "популярность"),
        ("published als", "baseline", "первая опубликованная ALS recommender + DNN"),
        ("reference w2v", "baseline", "простая сеть на том, что видит ResNet + Word2Vec"),
        ("something new", "baseline", "something new"),
    ],
)
def test_what_was_measured_is_called_by_names_for_people(name: str, group: str, called: str) -> None:
    with translation.override("ru"):
        assert models_page._contestant(name, group) == called


def test_it_is_public_and_names_nobody(client: Client, make_answered: MakeAnswered, ann: User) -> None:
    upload = make_answered(ann)
    sides = voting.ballot(upload)
    assert sides is not None
    voting.vote(upload, sides, Visitor(ann), "both")
    text = page(client)
    assert "both good 1" in text and "ann<" not in text and str(upload.pk) not in text


def test_the_card(client: Client, db: None) -> None:
    answer = client.get("/models/card.md")
    assert answer["Content-Type"].startswith("text/markdown") and answer.content.startswith(b"# Model card")


def test_every_page_leads_there(client: Client, db: None) -> None:
    assert 'href="/models/"' in client.get("/").content.decode()
