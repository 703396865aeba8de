"""What the columns of a page say, and what they are shown by."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from corpus.models import Hashtag
from predictor import platforms
from predictor.columns import Column, Row
from predictor.models import ModelVersion, Suggestion, Upload, VersionHashtag
from predictor.page_settings import PageSettings
from predictor.presenting import Proposal, answer_context
from tests.uploads import MakeUpload


def columns_of(upload: Upload, wished: PageSettings | None = None) -> list[Column]:
    found: list[Column] = answer_context(upload, wished or PageSettings())["columns"]
    return found


def five_of(upload: Upload, wished: PageSettings | None = None) -> list[Proposal]:
    found: list[Proposal] = answer_context(upload, wished or PageSettings())["five"]
    return found


def test_it_works(answered: Upload) -> None:
    columns = columns_of(answered)
    assert [column.kind for column in columns] == ["als", "w2v", "blend"]
    assert [len(column.rows) for column in columns] == [10, 10, 10]
    assert [round(row.bar) for row in columns[0].rows[:3]] == [100, 50, 33]
    assert columns[0].rows[0].reasons[0].is_post and not columns[1].rows[0].reasons[0].is_post


def test_only_one_model_answered(my_upload: MakeUpload, versions: dict[str, ModelVersion]) -> None:
    upload = my_upload(Upload.State.DONE)
    Suggestion.objects.create(upload=upload, version=versions["w2v"], rank=1, tag="sea", score=-2.0, prior=0.1)
    (column,) = columns_of(upload)
    assert (column.rows[0].bar, column.rows[0].reasons, column.copy_text) == (0, [], "#sea")
    assert not column.rows[0].agreed


def test_the_blend_says_what_each_model_says(answered: Upload) -> None:
    Suggestion.objects.filter(tag="w2v3").update(tag="als1")
    als, w2v, blend = columns_of(answered)
    (both,) = [row for row in blend.rows if row.agreed]
    told = [(one.version.kind, one.rank, round(one.score, 2)) for one in both.opinions]
    assert (both.tag, told) == ("als1", [("als", 1, 1.0), ("w2v", 3, 0.33)])
    assert als.rows[0].by == w2v.rows[2].by == ("als", "w2v")
    assert als.rows[1].by == ("als",) and not als.rows[1].agreed and als.rows[1].opinions == []


def test_tier_and_status(answered: Upload, versions: dict[str, ModelVersion]) -> None:
    VersionHashtag.objects.create(version=versions["als"], tag="als1", tier="popular")
    Hashtag.objects.create(key="als2", display="Als2", status="generic")
    Hashtag.objects.create(key="als3", display="als3", status="banned")
    first, second, third = columns_of(answered)[0].rows[:3]
    assert (first.tier, first.status, first.barred) == ("popular", "", "")
    assert (second.display, second.status, second.barred) == ("Als2", "generic", "")
    assert third.status == "banned" and "not offered" in third.barred
    assert "#als3" not in columns_of(answered)[0].copy_text


def test_the_five_look_at_all_that_is_stored(answered: Upload) -> None:
    Hashtag.objects.bulk_create(
        Hashtag(key=f"{kind}{rank}", display="x", status="banned") for kind in ("als", "w2v") for rank in range(1, 11)
    )
    assert sorted(pick.tag for pick in five_of(answered)) == ["als11", "als12", "w2v11", "w2v12"]


def test_an_upload_without_suggestions_has_no_columns(my_upload: MakeUpload) -> None:
    context = answer_context(my_upload(Upload.State.DONE), PageSettings())
    assert context["columns"] == context["five"] == []


def test_the_control_lifts_what_stands_out(answered: Upload) -> None:
    answered.suggestions.update(usual=0.9)
    answered.suggestions.filter(tag__in=["als12", "w2v12"]).update(usual=0.0)
    for column in columns_of(answered, PageSettings(specific=1.0)):
        assert column.rows[0].tag.endswith("12")
    assert columns_of(answered)[0].rows[0].tag == "als1"


def test_muted_hashtags_are_nowhere(answered: Upload) -> None:
    wished = PageSettings(muted=frozenset({"als1", "w2v1"}))
    shown = {row.tag for column in columns_of(answered, wished) for row in column.rows}
    assert not shown & wished.muted and {"als11", "w2v11"} <= shown
    assert not {pick.tag for pick in five_of(answered, wished)} & wished.muted


@pytest.mark.parametrize("platform", platforms.PLATFORMS, ids=lambda platform: platform.id)
def test_the_set_is_as_large_as_the_platform_wants_it(answered: Upload, platform: platforms.Platform) -> None:
    assert len(five_of(answered, PageSettings(platform=platform))) == platform.proposed
    assert platform.limit is None or platform.proposed <= platform.limit


@pytest.mark.parametrize(
    ("best", "decimals"), [(0.912, 3), (1.0, 2), (0.0312, 4), (12.3, 1), (250.0, 2), (0.0, 2), (-3.2, 2)]
)
def test_decimals(best: float, decimals: int) -> None:
    row = Row(tag="sea", display="sea", score=best, bar=0, reasons=[])
    assert Column(ModelVersion(kind="als"), "MobileNetV2", [row]).decimals == decimals


def test_a_backbone_that_is_set_but_not_trained_yet_is_named(answered: Upload, settings: Settings) -> None:
    settings.KIND_BACKBONES = {"als": "mobilenet_v2", "w2v": "resnet50_torchvision"}
    als, w2v, blend = columns_of(answered)
    assert als.next_backbone == blend.next_backbone == ""
    assert w2v.next_backbone == "ResNet50 (torchvision's weights)"


def test_few_queries(client: Client, answered: Upload, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(12):
        client.get(f"/uploads/{answered.pk}/columns/?specific=0.5")
