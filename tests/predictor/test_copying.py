"""Copying: what is noted of the hashtags that a person took along."""

import pytest
from django.contrib.auth.models import User

from predictor import copying
from predictor.copying import CopyingError
from predictor.models import Copying, Suggestion, Upload
from tests.contributions import MakeAnswered


def test_it_works(ann: User, make_answered: MakeAnswered) -> None:
    row = copying.note(make_answered(ann), "#Sun and #BOAT, #elsewhere boat")
    row.refresh_from_db()
    als, w2v = sorted(row.acceptance)
    assert row.tags == ["sun", "boat"]
    assert row.acceptance == {als: {"shown": 3, "copied": [2]}, w2v: {"shown": 3, "copied": [3]}}


def test_copying_again_adds_to_the_same_row(ann: User, make_answered: MakeAnswered) -> None:
    upload = make_answered(ann)
    for text in ("#sea", "#boat #sea", "#sea"):
        copying.note(upload, text)
    row = Copying.objects.get()
    assert row.tags == ["sea", "boat"]
    assert [counts["copied"] for _name, counts in sorted(row.acceptance.items())] == [[1], [1, 3]]


def test_beyond_the_first_ten_it_is_noted_and_not_counted(ann: User, make_answered: MakeAnswered) -> None:
    upload = make_answered(ann)
    version = upload.suggestions.get(tag="sun").version
    for rank in range(4, 13):
        Suggestion.objects.create(upload=upload, version=version, rank=rank, tag=f"t{rank}", score=0.1, prior=0.1)
    row = copying.note(upload, "#t10 #t11")
    assert row.tags == ["t10", "t11"]
    assert row.acceptance[str(version)] == {"shown": 10, "copied": [10]}


@pytest.mark.parametrize("text", ["", "sea", "#elsewhere", "#sea" + " " * 4000, "\0#", "foo#sea", "https://x.y/#sea"])
def test_refusals(ann: User, make_answered: MakeAnswered, text: str) -> None:
    with pytest.raises(CopyingError, match=r"\.$"):
        copying.note(make_answered(ann), text)
    assert not Copying.objects.exists()


def test_it_stays_when_the_photo_goes(ann: User, make_answered: MakeAnswered) -> None:
    first, second = make_answered(ann), make_answered(ann)
    for upload in (first, second):
        copying.note(upload, "#sea")
        Upload.objects.get(pk=upload.pk).delete()
    assert [(row.upload, row.tags) for row in Copying.objects.all()] == [(None, ["sea"])] * 2
    with pytest.raises(CopyingError, match="None of these"):
        copying.note(first, "#sea")
