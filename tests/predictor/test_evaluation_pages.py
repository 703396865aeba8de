"""The admin's pages of evaluations: list, page, plots, the table by hashtag, and the button that measures anew."""

import copy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from redis.exceptions import ConnectionError

from predictor import jobs, queue
from predictor.models import Evaluation
from tests.curators import HOSTILE
from tests.predictor.conftest import run_command, serve, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone", "no_baselines")]
LIST, START = "/admin/predictor/evaluation/", "/admin/predictor/evaluation/start/"


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    """What the first test that needs an evaluation has measured, for all others."""
    return {}


@pytest.fixture
def stored(measured: dict[str, Any]) -> Evaluation:
    """An evaluation of toy versions, as the command stores it."""
    if not measured:
        store(30)
        store(6, split="dev")
        for kind in ("als", "w2v"):
            serve(kind)
        run_command("evaluate", "--source", "mine")
        measured |= Evaluation.objects.values().get()
        Evaluation.objects.all().delete()
    return Evaluation.objects.create(**copy.deepcopy(measured))


def place(row: Evaluation, name: str = "change", *more: str) -> str:
    return reverse(f"admin:predictor_evaluation_{name}", args=[row.pk, *more])


def test_it_works(administrator_client: Client, stored: Evaluation) -> None:
    text = administrator_client.get(LIST).content.decode()
    assert "Evaluate now" in text and place(stored) in text
    page = administrator_client.get(place(stored)).content.decode()
    assert "6 photos of the dev split" in page
    assert "manage.py evaluate --split dev --source mine --specific 0.5 1" in page
    assert '<th scope="row">w2v, specific 1</th>' in page and '<th scope="row">the five (blend)</th>' in page
    assert '<th scope="col" class="t-number">twins</th>' in page
    for plot in stored.plots:
        assert f'src="{place(stored, "plot", plot["name"])}"' in page
    assert 'alt="Bars of R@5' in page


def test_what_an_older_evaluation_did_not_measure_is_missing(administrator_client: Client, stored: Evaluation) -> None:
    for row in stored.report["rows"]:
        del row["twins"]
    stored.save()
    _, cells = administrator_client.get(place(stored)).context["table"][0]
    assert len(cells) == len(administrator_client.get(place(stored)).context["titles"]) and cells[-1] == "–"


def test_any_row_is_compared_with_all_others(administrator_client: Client, stored: Evaluation) -> None:
    answer = administrator_client.get(place(stored), {"row": "popularity"})
    others = [row["name"] for row in stored.report["rows"] if row["name"] != "popularity"]
    assert [name for name, _ in answer.context["compared"]] == others
    (measured, interval, verdict), *_ = dict(answer.context["compared"])["als"]
    assert (measured[0], interval.count("-"), verdict) == ("-", 2, "worse")
    assert administrator_client.get(place(stored), {"row": "\0nobody"}).context["chosen"] == "blend"


def test_plots_are_for_staff_who_may_see_evaluations(
    administrator_client: Client, curator_client: Client, client: Client, stored: Evaluation
) -> None:
    address = place(stored, "plot", "rows")
    answer = administrator_client.get(address)
    assert answer["Content-Type"] == "image/svg+xml" and answer.content.decode() == stored.plots[0]["svg"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert administrator_client.get(place(stored, "plot", "nothing")).status_code == 404
    assert curator_client.get(address).status_code == 403
    assert client.get(address)["Location"].startswith("/admin/login/")


def test_the_table_by_hashtag(administrator_client: Client, stored: Evaluation) -> None:
    answer = administrator_client.get(place(stored, "tags"), {"row": "als"})
    lines = list(answer.context["lines"])
    assert [line.train for line in lines] == sorted((line.train for line in lines), reverse=True)
    assert "#sea" in answer.content.decode()
    found = administrator_client.get(place(stored, "tags"), {"q": "#SE", "o": "tag"}).context["lines"]
    assert [line.tag for line in found] == ["sea"]
    names = [line.tag for line in administrator_client.get(place(stored, "tags"), {"o": "tag"}).context["lines"]]
    assert names == sorted(names)
    assert "No hashtag fits." in administrator_client.get(place(stored, "tags"), {"q": "none"}).content.decode()


@pytest.mark.parametrize("odd", ["x", "²", "-1", "9" * 25, "\0", "--", "-nobody", ""])
def test_odd_addresses(administrator_client: Client, stored: Evaluation, odd: str) -> None:
    for name in ("row", "q", "o", "p"):
        assert administrator_client.get(place(stored, "tags"), {name: odd}).status_code == 200, name


def test_hashtags_are_text(administrator_client: Client, stored: Evaluation) -> None:
    stored.report["tags"][0]["tag"] = HOSTILE
    stored.report["notes"] = [HOSTILE]
    stored.save()
    for page in ("change", "tags"):
        text = administrator_client.get(place(stored, page), {"q": "" if page == "tags" else HOSTILE}).content.decode()
        assert "<script>alert(1)" not in text and "&lt;script&gt;alert(1)" in text


def test_what_could_not_be_measured_says_why(administrator_client: Client) -> None:
    store(3)
    serve("als")
    jobs.evaluate()
    (row,) = Evaluation.objects.all()
    assert row.message.startswith("There are no photo posts in the dev split to measure on.")
    assert row.message in administrator_client.get(LIST).content.decode()
    assert row.message in administrator_client.get(place(row)).content.decode()
    assert administrator_client.get(place(row, "tags")).status_code == 404


def test_the_job_stores_an_evaluation() -> None:
    store(30)
    store(6, split="dev")
    serve("als")
    jobs.evaluate()
    (row,) = Evaluation.objects.all()
    assert row.posts == 6 and row.report["rows"] and row.plots and not row.message


def test_the_newest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Evaluation, "KEPT", 2)
    made = [Evaluation.objects.create(split="dev") for _ in range(4)]
    assert Evaluation.prune() == 2
    assert list(Evaluation.objects.all()) == [made[3], made[2]]


def test_a_button_asks_for_an_evaluation(administrator_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for asked, sentence in ((True, "starts as soon as a worker is free"), (False, "waits or runs already")):
        monkeypatch.setattr(queue, "enqueue_evaluation", lambda asked=asked: asked)
        assert sentence in administrator_client.post(START, follow=True).content.decode()


def test_without_redis_the_button_says_so(administrator_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> bool:
        raise ConnectionError("Connection refused.")

    monkeypatch.setattr(queue, "enqueue_evaluation", away)
    answer = administrator_client.post(START, follow=True)
    assert answer.status_code == 200 and "the queue does not answer" in answer.content.decode()


def test_others_may_not_start_one(curator_client: Client, administrator_client: Client, stored: Evaluation) -> None:
    assert curator_client.post(START).status_code == 403
    assert curator_client.get(LIST).status_code == 403
    assert curator_client.get(place(stored)).status_code == 403
    assert administrator_client.get(START).status_code == 405


def test_it_asks_few_questions(
    administrator_client: Client, stored: Evaluation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(10):
        Evaluation.objects.create(split="dev", posts=number)
    for address in (LIST, place(stored), place(stored, "tags")):
        with django_assert_max_num_queries(15):
            administrator_client.get(address)
