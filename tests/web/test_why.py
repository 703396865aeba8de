"""Why a hashtag was suggested: its page, the map, and what may be shown as evidence."""

import json
import uuid
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from corpus.models import Hashtag, Post, Source, Tagging
from predictor import queue
from predictor.ml import occlusion
from predictor.models import Contribution, Explanation, ModelVersion, Suggestion, Upload, VersionHashtag
from predictor.people import exporting
from predictor.people.visitors import Visitor
from predictor.why import explaining
from predictor.why.heat_maps import heat_map, percent
from tests.uploads import MakeUpload

ALL = occlusion.PATCHES


@pytest.fixture(autouse=True)
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The explanations that the queue was asked for."""
    ids: list[str] = []
    monkeypatch.setattr(queue, "enqueue_lost_explanation", lambda id: ids.append(str(id)))
    return ids


@pytest.fixture
def mapped(answered: Upload, versions: dict[str, ModelVersion]) -> Upload:
    """An answer whose versions have a map, with two suggested hashtags on it and two others."""
    places = {"als1": (0.2, 0.2), "als2": (0.2, 0.8), "near": (0.21, 0.45), "far": (0.9, 0.9)}
    Hashtag.objects.bulk_create(Hashtag(key=tag, display=tag.title(), posts_number=9) for tag in ("near", "far"))
    VersionHashtag.objects.bulk_create(
        VersionHashtag(version=versions["als"], tag=tag, x=x, y=y) for tag, (x, y) in places.items()
    )
    return answered


def page(client: Client, upload: Upload, tag: str) -> str:
    answer = client.get(f"/uploads/{upload.pk}/why/", {"tag": tag})
    assert answer.status_code == 200
    return answer.content.decode()


def looked(upload: Upload, **fields: Any) -> Explanation:
    """An explanation that is made: covering the first patch halves what als says of its first hashtag."""
    rows = [[8000]] + [[4000]] + [[8000]] * (ALL - 1)
    seen = {"als": {"tags": ["als1"], "probabilities": rows}}
    fields = {"asked": upload.answered_by, "seen": seen, "done": timezone.now(), **fields}
    return Explanation.objects.create(upload=upload, **fields)


def test_it_works(client: Client, answered: Upload) -> None:
    text = page(client, answered, "als1")
    assert "Why" in text and "#als1" in text and "#Cat #Kitten" in text
    assert "This one makes up 25 % of the score." in text
    assert "Only ALS recommender + DNN has it" in text and "Let the models look again" in text


def test_few_queries(client: Client, mapped: Upload, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    Suggestion.objects.filter(tag="w2v3").update(tag="als1")
    looked(mapped)
    with django_assert_max_num_queries(16):
        page(client, mapped, "als1")


@pytest.mark.parametrize("tag", ["", "nobody", "<script>", "#als1", "\x00", "x" * 2000])
def test_a_hashtag_that_was_not_suggested(client: Client, answered: Upload, tag: str) -> None:
    assert client.get(f"/uploads/{answered.pk}/why/", {"tag": tag}).status_code == 404


def test_somebody_elses_photo(client: Client, answered: Upload) -> None:
    client.cookies.clear()
    for what in ("why/?tag=als1", "map/"):
        assert client.get(f"/uploads/{answered.pk}/{what}").status_code == 404
    assert client.post(f"/uploads/{answered.pk}/look/", {"tag": "als1"}).status_code == 404
    assert not Explanation.objects.exists()


def test_both_models_suggest_it(client: Client, answered: Upload) -> None:
    Suggestion.objects.filter(tag="w2v3").update(tag="als1")
    text = page(client, answered, "als1")
    assert "Both models suggest it" in text and "number 3 with" in text
    assert "weight in the blend 0.48" in text and "weight in the blend 0.58" in text


def test_the_models_are_let_to_look_again(
    client: Client,
    answered: Upload,
    asked_for: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            sent = client.post(f"/uploads/{answered.pk}/look/", {"tag": "als1"})
        assert sent.status_code == 302 and sent["Location"] == f"/uploads/{answered.pk}/why/?tag=als1"
    assert asked_for == [str(answered.pk)]
    text = page(client, answered, "als1")
    assert "data-again" in text and 'http-equiv="refresh"' in text


def test_too_often(client: Client, answered: Upload, settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 1
    assert client.post(f"/uploads/{answered.pk}/look/").status_code == 302
    assert client.post(f"/uploads/{answered.pk}/look/").status_code == 429


def test_too_many_wait(
    client: Client, answered: Upload, my_upload: MakeUpload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explaining, "MOST_OPEN", 1)
    Explanation.objects.create(upload=my_upload(Upload.State.DONE))
    sent = client.post(f"/uploads/{answered.pk}/look/")
    assert sent.status_code == 503 and sent["Retry-After"] == "60"


def test_what_was_given_up_is_forgotten(client: Client, answered: Upload, asked_for: list[str]) -> None:
    row = looked(answered, done=None)
    Explanation.objects.filter(pk=row.pk).update(created=timezone.now() - timedelta(hours=1))
    explaining.ask(answered)
    assert Explanation.objects.get().pk != row.pk


def test_a_photo_without_an_answer(client: Client, my_upload: MakeUpload) -> None:
    upload = my_upload()
    assert client.post(f"/uploads/{upload.pk}/look/", {"tag": "x"}).status_code == 302
    assert not Explanation.objects.exists()
    assert "There is no map of this photo" in client.get(f"/uploads/{upload.pk}/map/").content.decode()


def test_where_in_the_photo(client: Client, answered: Upload) -> None:
    looked(answered)
    text = page(client, answered, "als1")
    assert "It sees it most at the upper left" in text and "from 80\u00a0% to 40\u00a0%" in text
    assert text.count("<circle") >= 1 and "data-again" not in text and "The versions that serve now" not in text
    assert "does not know this hashtag" in page(client, answered, "w2v1")


def test_others_had_answered(client: Client, answered: Upload) -> None:
    looked(answered, asked="als:7 w2v:2")
    assert "The versions that serve now were asked (als:7 w2v:2)" in page(client, answered, "als1")


def test_looking_again_that_failed_may_be_tried_again(client: Client, answered: Upload) -> None:
    looked(answered, message="The photo is not there any more, so the models cannot look at it again.")
    assert "is not there any more" in page(client, answered, "als1")
    client.post(f"/uploads/{answered.pk}/look/")
    assert Explanation.objects.get().done is None


def test_evidence_of_later_hashtags(client: Client, answered: Upload) -> None:
    assert "Let it look again to see what speaks for it" in page(client, answered, "als11")
    looked(answered, evidence={"als": {"als11": [{"tag": "kitten", "similarity": 0.4, "share": 1.0}]}})
    assert "#kitten" in page(client, answered, "als11")
    assert "No single photo or hashtag speaks for it" in page(client, answered, "als12")


def test_hashtags_that_are_used_alike(client: Client, answered: Upload, versions: dict[str, ModelVersion]) -> None:
    near = [("rare", 0.9), ("kitten", 0.4), ("cat", 0.1)]
    VersionHashtag.objects.create(version=versions["w2v"], tag="w2v1", neighbours=near)
    text = page(client, answered, "w2v1")
    alike = text[text.index("used alike") :][:400]
    assert "#Kitten" in alike and "#rare" not in alike and "#Cat" not in alike


def test_the_map(client: Client, mapped: Upload) -> None:
    text = client.get(f"/uploads/{mapped.pk}/map/").content.decode()
    assert "The photo lies near #Near, #Far." in text
    assert text.count("<circle") == 4 and text.count('class="suggested"') == 4  # two dots, two names
    assert 'd="M134 ' in text  # .2 of the way from margin to margin
    assert text.count('<section class="column') == 1  # w2v has no map


def test_a_photo_lies_nearer_to_what_is_more_probable(mapped: Upload) -> None:
    (drawn,) = explaining.maps(mapped)
    high, low = (next(spot for spot in drawn.spots if spot.rank == rank) for rank in (1, 2))
    assert abs(drawn.y - high.y) * 2 == pytest.approx(abs(drawn.y - low.y), abs=3)


def test_labels_do_not_overlap(answered: Upload, versions: dict[str, ModelVersion]) -> None:
    Hashtag.objects.bulk_create(Hashtag(key=f"tag{n}", display=f"hashtag{n}", posts_number=n) for n in range(200))
    rows = [(f"tag{n}", (n * 7 % 40) / 40, (n * 3 % 29) / 29) for n in range(200)] + [("als1", 0.5, 0.5)]
    VersionHashtag.objects.bulk_create(VersionHashtag(version=versions["als"], tag=t, x=x, y=y) for t, x, y in rows)
    (drawn,) = explaining.maps(answered)
    lines: dict[int, list[tuple[float, float]]] = {}
    for spot in drawn.spots:
        if spot.label:
            x, y, anchor = spot.label
            wide = 7 * len(spot.display)
            left = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
            lines.setdefault(y, []).append((left, left + wide))
    assert 10 < sum(map(len, lines.values())) <= 40
    for spans in lines.values():
        spans.sort()
        assert all(one[1] <= other[0] for one, other in zip(spans, spans[1:], strict=False))


def test_percent() -> None:
    assert [percent(p) for p in (0.617, 0.0312, 0.0004, 0.0)] == [
        "62\u00a0%", "3.1\u00a0%", "under 0.1\u00a0%", "0.0\u00a0%"
    ]  # fmt: skip


def test_a_photo_without_a_place_that_matters() -> None:
    found = heat_map(0.8, [0.79] * ALL, (640, 480))
    assert not found.dots and found.sentence.startswith("No single place matters")
    assert "79\u00a0% and 80\u00a0%" in found.sentence


@pytest.mark.parametrize(
    ("patch", "words"), [(0, "at the upper left"), (24, "in the middle"), (48, "at the lower right")]
)
def test_where_in_words(patch: int, words: str) -> None:
    without = [0.8] * ALL
    without[patch] = 0.2
    found = heat_map(0.8, without, (800, 400))
    assert words in found.sentence and all(0 < dot.x < 800 and 0 < dot.y < 400 and dot.r <= 25 for dot in found.dots)


def test_a_picture_that_may_be_shown(client: Client, answered: Upload) -> None:
    post = pictured("album", shown=True)
    answered.suggestions.filter(tag="als1").update(evidence=[{"post": post.pk, "similarity": 0.9, "share": 0.4}])
    address = f"/posts/{post.pk}/picture.jpg"
    assert (
        address in page(client, answered, "als1") and address in client.get(f"/uploads/{answered.pk}/").content.decode()
    )
    answer = client.get(address)
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"] == "default-src 'none'" and "max-age=3600" in answer["Cache-Control"]


def test_pictures_that_may_not_be_shown(client: Client, answered: Upload) -> None:
    hidden = pictured("hidden", shown=False)
    pending = pictured("album", shown=True, status=Post.Status.PENDING)
    without_file = pictured("other", shown=True)
    without_file.thumbnail_path.unlink()
    answered.suggestions.filter(tag="als1").update(evidence=[{"post": hidden.pk, "similarity": 0.9, "share": 0.4}])
    assert "picture.jpg" not in page(client, answered, "als1")
    for post in (hidden.pk, pending.pk, without_file.pk, 10**9):
        assert client.get(f"/posts/{post}/picture.jpg").status_code == 404


def test_the_picture_of_a_contribution(client: Client, db: None) -> None:
    """The person's consent decides, whatever the source says; withdrawing it takes the picture away."""
    post = pictured("contributions", shown=True, kind=Source.Kind.CONTRIBUTION)
    given = Contribution.objects.create(post=post, state=Contribution.State.APPROVED)
    address = f"/posts/{post.pk}/picture.jpg"
    assert client.get(address).status_code == 404
    Contribution.objects.filter(pk=given.pk).update(may_be_shown=True)
    assert client.get(address).status_code == 200
    Contribution.objects.filter(pk=given.pk).update(state=Contribution.State.WITHDRAWN)
    assert client.get(address).status_code == 404


def pictured(source: str, shown: bool, kind: str = Source.Kind.FOLDER, status: str = Post.Status.APPROVED) -> Post:
    """A post with a picture and a hashtag."""
    of, _ = Source.objects.get_or_create(name=source, defaults={"kind": kind, "may_be_shown": shown})
    sha256 = uuid.uuid4().hex * 2
    post = Post.objects.create(source=of, external_id=sha256, sha256=sha256, image=f"posts/{sha256}.jpg", status=status)
    tag, _ = Hashtag.objects.get_or_create(key="shell", defaults={"display": "Shell"})
    Tagging.objects.create(post=post, hashtag=tag, position=0, source=of, origin="test")
    place: Path = post.thumbnail_path
    place.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (32, 32), "red").save(place)
    return post


def test_it_goes_with_its_upload(answered: Upload, ann: User) -> None:
    looked(answered)
    Upload.objects.filter(pk=answered.pk).update(created=timezone.now() - timedelta(days=30))
    Upload.objects.expired().delete()
    assert not Explanation.objects.exists()


def test_a_copy_of_everything_holds_it(answered: Upload) -> None:
    looked(answered)
    file = BytesIO()
    exporting.write(Visitor(token=answered.owner_token), file)
    (photo,) = json.loads(ZipFile(file).read("uploads.json"))
    assert photo["looked_again"][0]["seen"]["als"]["tags"] == ["als1"]
