"""The admin's page of live quality."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from predictor import copying
from predictor.charts import chart, with_interval
from predictor.contributions import contributing
from predictor.models import Contribution, ModelVersion
from predictor.shares import LEAST, Share
from tests.contributions import Give, MakeAnswered

PAGE = "/admin/predictor/copying/quality/"


def shown(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_works(administrator_client: Client, make_answered: MakeAnswered, versions: dict[str, ModelVersion]) -> None:
    contributing.contribute(make_answered(), None, ["sea", "sun"], ["beach"], ["moor"], False)
    copying.note(make_answered(), "#sea #boat")
    page = shown(administrator_client)
    assert "<dt>Contributions</dt><dd>1</dd>" in page and "Rank bias" in page
    assert page.count('<svg class="t-curve"') == 4
    assert "ALS recommender + DNN, rank 3: 0.0 % (0.0 to 79.3)" in page
    assert f'<th scope="row">{versions["als"]}</th>' in page
    assert "66.7 % (20.8 to 93.9)" in page, "of what als had, two of three were kept"
    assert "33.3 % (6.1 to 79.2)" in page, "and one of three was copied; one of three given was unseen"
    assert "too few photos to tell" in page


def test_where_nobody_did_anything(administrator_client: Client) -> None:
    page = shown(administrator_client)
    assert "Nobody has said what belongs to a photo" in page and '<svg class="t-curve"' not in page


def test_a_verdict(administrator_client: Client, give: Give) -> None:
    for _ in range(LEAST):
        give(None, kept=("sun",))
    page = shown(administrator_client)
    assert "differs by +33.3 points" in page and '<span class="t-mark t-good">better</span>' in page


def test_who_may_see_versions_may_see_it(administrator_client: Client, curator_client: Client, client: Client) -> None:
    assert "Live quality" in administrator_client.get("/admin/").content.decode()
    assert "Live quality" not in curator_client.get("/admin/").content.decode()
    assert curator_client.get(PAGE).status_code == 403
    assert client.get(PAGE)["Location"].startswith("/admin/login/")
    assert administrator_client.post(PAGE).status_code == 405


def test_rows_do_not_lead_to_their_photo(administrator_client: Client, make_answered: MakeAnswered) -> None:
    upload = make_answered()
    row = copying.note(upload, "#sea")
    assert "#sea" in administrator_client.get("/admin/predictor/copying/").content.decode()
    page = administrator_client.get(f"/admin/predictor/copying/{row.pk}/change/").content.decode()
    assert "sea" in page and str(upload.pk) not in page


def test_a_kind_that_is_not_known_any_more(administrator_client: Client, give: Give) -> None:
    row = give(None)
    row.acceptance = {
        "als:1": {"shown": 3, "kept": [1], "dropped": []},
        "old:7": {"shown": 3, "kept": [], "dropped": [1]},
    }
    row.save()
    assert "old:7" in shown(administrator_client)


@pytest.mark.django_db
def test_many_rows_take_as_many_questions_as_few(
    administrator_client: Client, give: Give, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    row = give(None)
    Contribution.objects.bulk_create(
        Contribution(kept=row.kept, acceptance=row.acceptance, unseen=[]) for _ in range(3000)
    )
    with django_assert_max_num_queries(15):
        assert "<dd>3,001</dd>" in shown(administrator_client)


def test_a_chart_leaves_gaps_and_draws_nothing_from_nothing() -> None:
    assert chart(["a", "b"], {"als": [Share(0, 0), Share(0, 0)]}) is None
    drawn = chart(["a", "b", "c"], {"als": [Share(1, 2), Share(0, 0), Share(0, 1)], "w2v": [Share(0, 0)] * 3})
    assert drawn is not None and (drawn.highest, drawn.first, drawn.last) == (100, "a", "c")
    (line,) = drawn.lines
    assert [dot.label for dot in line.dots] == ["als, a: 50.0 % (9.5 to 90.5)", "als, c: 0.0 % (0.0 to 79.3)"]
    assert float(line.dots[0].low) > float(line.dots[0].y) > float(line.dots[0].high) >= 0
    assert line.dots[1].y == "200.0"
    assert with_interval(Share(0, 0)) == "–"
