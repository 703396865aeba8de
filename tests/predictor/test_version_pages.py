"""The admin's pages of versions: list, page, what changed, and the way to let one serve or to go back."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from predictor.learning import versions
from predictor.learning.comparing import Vocabulary
from predictor.models import Activation, ModelVersion, VersionHashtag
from tests.curators import HOSTILE
from tests.predictor.conftest import serve, store, train

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]
LIST = "/admin/predictor/modelversion/"


@pytest.fixture
def pair() -> tuple[ModelVersion, ModelVersion]:
    """Two trained versions, of which the second serves."""
    store(90)
    store(60, split="dev")
    return train(), train()


def place(version: ModelVersion, name: str = "change") -> str:
    return reverse(f"admin:predictor_modelversion_{name}", args=[version.pk])


def text(client: Client, address: str, **query: str | int) -> str:
    return client.get(address, query).content.decode()


def test_it_works(administrator_client: Client, pair: tuple[ModelVersion, ModelVersion]) -> None:
    first, second = pair
    listed = text(administrator_client, LIST)
    assert "Roll back" in listed and place(second) in listed
    shown = text(administrator_client, place(second))
    assert "It passed." in shown and "Measured on 60 photos" in shown and "numpy" in shown
    assert "the dev split has 60 of the 200 photos" in shown and "astronaut" in shown
    assert "<dt>kernel.ridge</dt>" in shown and administrator_client.post(place(second)).status_code == 405
    assert place(first, "serve") not in shown and "Let it serve" in text(administrator_client, place(first))


def test_going_back(administrator_client: Client, pair: tuple[ModelVersion, ModelVersion]) -> None:
    first, second = pair
    answer = administrator_client.get(f"{LIST}back/als/")
    assert answer["Location"] == place(first, "serve")
    asked = text(administrator_client, place(first, "serve"))
    assert f"Back to {first}: it will serve instead of {second}." in asked
    assert versions.active() == {"als": second}, "looking changes nothing"
    answer = administrator_client.post(place(first, "serve"), follow=True)
    assert "serves now; the next photo is answered by it." in answer.content.decode()
    assert versions.active() == {"als": first}
    moved = Activation.objects.filter(kind="als")[0]
    assert (moved.version, moved.why) == (first, "rolled back") and moved.by is not None
    assert LogEntry.objects.get().object_id == str(first.pk)
    assert "rolled back" in text(administrator_client, place(first))
    for kind in ("als", "w2v", "bert"):
        answer = administrator_client.get(f"{LIST}back/{kind}/", follow=True)
        assert "There is no earlier version that could serve." in answer.content.decode()


def test_what_may_not_serve_says_why(administrator_client: Client, pair: tuple[ModelVersion, ModelVersion]) -> None:
    first, second = pair
    ModelVersion.objects.filter(pk=first.pk).update(state="rejected", reason="Its R@5 is low.")
    sentence = f"{first} was rejected by the gate. Its R@5 is low."
    assert '<button class="t-button t-main"' not in text(administrator_client, place(first, "serve"))
    assert sentence in text(administrator_client, place(first))
    assert sentence in administrator_client.post(place(first, "serve"), follow=True).content.decode()
    assert versions.active() == {"als": second} and not LogEntry.objects.exists()


def test_others_may_look_at_most(
    administrator_client: Client, curator_client: Client, client: Client, pair: tuple[ModelVersion, ModelVersion]
) -> None:
    first, second = pair
    for address in (LIST, f"{LIST}back/als/", place(first), place(first, "changes"), place(first, "serve")):
        assert curator_client.get(address).status_code == 403
        assert client.get(address)["Location"].startswith("/admin/login/")
    assert curator_client.post(place(first, "serve")).status_code == 403
    assert administrator_client.put(place(first, "serve")).status_code == 405
    assert versions.active() == {"als": second}


def test_what_changed(administrator_client: Client, pair: tuple[ModelVersion, ModelVersion]) -> None:
    first, second = pair
    VersionHashtag.objects.filter(version=first, tag="cake").delete()
    VersionHashtag.objects.filter(version=second, tag="wave").update(tag="waves")
    first.golden["cat"] = [["old", 0.5]]
    first.save()
    answer = administrator_client.get(place(second, "changes"))
    shown, change = answer.content.decode(), answer.context["change"]
    assert answer.context["before"] == first, "by default, its parent"
    assert change.photos == 60 and change.differences["R5"].measured == pytest.approx(0, abs=0.05)
    known = VersionHashtag.objects.filter(version=first).count()
    assert change.vocabulary == Vocabulary(["cake", "waves"], ["wave"], known - 1)
    assert f'aria-label="stayed {known - 1}, came 2, went 1"' in shown and "the same 60 photos" in shown
    lines = answer.context["lines"]
    assert {"P@1", "R@5", "ECE"} < {line.title for line in lines}
    assert [line.title for line in lines if line.whisker] == ["R@5", "R@10", "F1"], "toys have no tail"
    cat = next(one for one, _stack in answer.context["golden"] if one.photo == "cat")
    assert cat.lost == ["old"] and f'aria-label="stayed 0, came {len(cat.after)}, went 1"' in shown
    assert len(answer.context["history"].marks) == 2 and "<polyline" in shown


def test_versions_that_were_measured_apart(
    administrator_client: Client, pair: tuple[ModelVersion, ModelVersion]
) -> None:
    first, second = pair
    first.gate["holdout"]["on"] = second.gate["holdout"]["on"] = "other"
    first.save()
    second.save()
    compared = administrator_client.get(place(second, "changes")).context["change"]
    assert compared.differences
    second.gate["holdout"]["on"] = "another"
    second.save()
    again = administrator_client.get(place(second, "changes")).context["change"]
    assert again.differences == compared.differences, "the gate had compared them"
    second.gate["against"] = []
    second.save()
    assert "were not measured on the same photos" in text(administrator_client, place(second, "changes"))


def test_a_version_of_which_little_is_left(administrator_client: Client) -> None:
    lonely = ModelVersion.objects.create(kind="als", backbone="toy@0", state="pruned")
    assert "no other version of this kind" in text(administrator_client, place(lonely, "changes"))
    assert "nothing of its kind does now" not in text(administrator_client, place(lonely, "serve"))
    other = ModelVersion.objects.create(kind="als", backbone="toy@0", parent=lonely)
    shown = text(administrator_client, place(other, "changes"))
    for sentence in ("Neither of the two was measured", "never asked about them", "not kept any more"):
        assert sentence in shown
    assert "nothing of its kind does now" in text(administrator_client, place(other, "serve"))


@pytest.mark.parametrize("odd", ["x", "²", "-1", "9" * 25, "\0", ""])
def test_odd_addresses(administrator_client: Client, pair: tuple[ModelVersion, ModelVersion], odd: str) -> None:
    answer = administrator_client.get(place(pair[1], "changes"), {"before": odd})
    assert answer.status_code == 200 and answer.context["before"] == pair[0]
    for name in ("serve", "changes"):
        assert administrator_client.get(f"{LIST}{'9' * 25}/{name}/").status_code in (302, 404)


def test_hashtags_are_text(administrator_client: Client, pair: tuple[ModelVersion, ModelVersion]) -> None:
    first, second = pair
    second.golden["cat"] = [[HOSTILE, 0.5]]
    second.reason = HOSTILE
    second.save()
    VersionHashtag.objects.filter(version=second, tag="wave").update(tag=HOSTILE[:100])
    for address in (place(second), place(second, "changes")):
        shown = text(administrator_client, address)
        assert "<script>alert(1)" not in shown and "&lt;script&gt;alert(1)" in shown


def test_it_asks_few_questions(
    administrator_client: Client,
    pair: tuple[ModelVersion, ModelVersion],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for kind in ("als", "w2v"):
        for _ in range(4):
            serve(kind)
    for address in (LIST, place(pair[1]), place(pair[1], "changes"), place(pair[0], "serve")):
        with django_assert_max_num_queries(15):
            assert administrator_client.get(address).status_code == 200
