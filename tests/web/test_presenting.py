"""What the columns of a page say."""

import pytest
from pytest_django import Settings

from corpus.models import Hashtag
from predictor.models import ModelVersion, Suggestion, Upload
from predictor.presenting import Column, Row, columns_of, five_of
from tests.uploads import MakeUpload


def test_it_works(answered: Upload) -> None:
    columns = columns_of(answered)
    assert [column.version.kind for column in columns] == ["als", "w2v"]
    assert [len(column.rows) for column in columns] == [10, 10]
    assert [round(row.bar) for row in columns[0].rows[:3]] == [100, 50, 33]
    assert columns[0].rows[0].reasons[0].is_post and not columns[1].rows[0].reasons[0].is_post


def test_only_one_model_answered(my_upload: MakeUpload, versions: dict[str, ModelVersion]) -> None:
    upload = my_upload(Upload.State.DONE)
    Suggestion.objects.create(upload=upload, version=versions["w2v"], rank=1, tag="sea", score=-2.0, prior=0.1)
    (column,) = columns_of(upload)
    assert (column.rows[0].bar, column.rows[0].reasons, column.copy_text) == (0, [], "#sea")


def test_the_five_look_at_all_that_is_stored(answered: Upload) -> None:
    Hashtag.objects.bulk_create(
        Hashtag(key=f"{kind}{rank}", display="x", status="banned") for kind in ("als", "w2v") for rank in range(1, 11)
    )
    assert sorted(pick.tag for pick in five_of(answered)) == ["als11", "als12", "w2v11", "w2v12"]


def test_an_upload_without_suggestions_has_no_five(my_upload: MakeUpload) -> None:
    assert five_of(my_upload(Upload.State.DONE)) == []


@pytest.mark.parametrize(
    ("best", "decimals"), [(0.912, 3), (1.0, 2), (0.0312, 4), (12.3, 1), (250.0, 2), (0.0, 2), (-3.2, 2)]
)
def test_decimals(best: float, decimals: int) -> None:
    row = Row(tag="sea", display="sea", score=best, bar=0, reasons=[])
    assert Column(ModelVersion(kind="als"), "MobileNetV2", [row]).decimals == decimals


def test_a_backbone_that_is_set_but_not_trained_yet_is_named(answered: Upload, settings: Settings) -> None:
    settings.KIND_BACKBONES = {"als": "mobilenet_v2", "w2v": "resnet50_torchvision"}
    als, w2v = columns_of(answered)
    assert als.next_backbone == ""
    assert w2v.next_backbone == "ResNet50 (torchvision's weights)"
