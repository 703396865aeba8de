"""The page of a blind vote: nothing on it tells whose a column is, one vote a photo, and the names after it."""

import re
from itertools import count

import pytest
from django.test import Client

from predictor import voting
from predictor.models import MutedTag, Suggestion, Upload, Vote
from tests.uploads import MakeUpload

REVEALING = ("als", "w2v", "mobilenet", "efficientnet", "version", "recommender", "resnet", "word2vec", "ink-")


def place(upload: Upload) -> str:
    return f"/uploads/{upload.pk}/compare/"


def body(client: Client, upload: Upload) -> str:
    """Return the page without what differs from photo to photo and from request to request."""
    answer = client.get(place(upload))
    assert answer.status_code == 200
    text = answer.content.decode().replace(str(upload.pk), "ID")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def twin(make: MakeUpload, upload: Upload, left: str) -> Upload:
    """Return an upload with another kind on its left side, for which the two kinds have changed their answers."""
    for _ in count():
        other = make(Upload.State.DONE, display=upload.display, answered_by=upload.answered_by)
        kinds = {"als": "w2v", "w2v": "als"}
        versions = {row.version.kind: row.version for row in upload.suggestions.select_related("version")}
        Suggestion.objects.bulk_create(
            Suggestion(
                upload=other,
                version=versions[kinds[row.version.kind]],
                rank=row.rank,
                tag=row.tag,
                score=7 * row.score,
                prior=row.prior,
            )
            for row in upload.suggestions.select_related("version")
        )
        sides = voting.ballot(other)
        assert sides is not None
        if sides.left.version.kind == left:
            return other
    raise AssertionError


def neutral(upload: Upload) -> None:
    """Give the hashtags names that do not tell who suggests them."""
    for row in upload.suggestions.select_related("version"):
        row.tag = f"tag{row.rank}{'x' if row.version.kind == 'als' else 'y'}"
        row.save()


def test_it_works(client: Client, answered: Upload) -> None:
    answer = client.get(place(answered))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    posted = client.post(place(answered), {"verdict": "left"})
    assert (posted.status_code, posted["Location"]) == (302, place(answered))
    vote = Vote.objects.get()
    assert (vote.upload, vote.verdict, vote.blind, vote.owner_token) == (answered, "left", True, answered.owner_token)
    text = client.get(place(answered)).content.decode()
    assert f"You found {vote.left.label} better." in text
    assert all(version.label in text for version in (vote.left, vote.right))


def test_nothing_tells_whose_a_column_is(client: Client, answered: Upload, my_upload: MakeUpload) -> None:
    """The page is the same byte by byte where the other model has given the same hashtags."""
    neutral(answered)
    sides = voting.ballot(answered)
    assert sides is not None
    other = twin(my_upload, answered, left={"als": "w2v", "w2v": "als"}[sides.left.version.kind])
    page = body(client, answered)
    assert page == body(client, other)
    assert page == body(client, answered)  # nor does a reload
    for word in REVEALING:
        assert word not in page.lower(), word
    assert "0.5" not in page and "tag11" not in page  # neither scores nor more than ten
    headers = client.get(place(answered)).headers
    assert not any(word in f"{name}{value}".lower() for name, value in headers.items() for word in REVEALING)


def test_columns_stand_in_the_order_of_the_ballot(client: Client, answered: Upload) -> None:
    sides = voting.ballot(answered)
    assert sides is not None
    tags = re.findall(r"<bdi>#(\w+)</bdi>", client.get(place(answered)).content.decode())
    assert tags == [*sides.left.hashtags, *sides.right.hashtags] and len(tags) == 20


def test_the_names_come_first(client: Client, answered: Upload) -> None:
    client.get(f"/uploads/{answered.pk}/")
    assert "counted apart" in client.get(place(answered)).content.decode()
    client.post(place(answered), {"verdict": "both"})
    assert not Vote.objects.get().blind


@pytest.mark.parametrize("view", ["", "state/", "columns/", "why/?tag=als1", "map/"])
def test_every_view_with_names_is_noted(client: Client, answered: Upload, view: str) -> None:
    client.get(place(answered))
    assert not Upload.objects.get().named
    client.get(f"/uploads/{answered.pk}/{view}")
    assert Upload.objects.get().named


def test_a_copy_of_everything_is_noted(client: Client, answered: Upload) -> None:
    client.post("/mine/data/export/")
    assert Upload.objects.get().named


def test_one_vote_a_photo(client: Client, answered: Upload) -> None:
    for verdict in ("right", "left", "neither"):
        client.post(place(answered), {"verdict": verdict})
    assert Vote.objects.get().verdict == "right"


@pytest.mark.parametrize("verdict", ["", "als", "left\0", "x" * 9999])
def test_an_answer_that_is_none(client: Client, answered: Upload, verdict: str) -> None:
    answer = client.post(place(answered), {"verdict": verdict})
    assert answer.status_code == 422
    assert "Choose one of the four answers." in answer.content.decode()
    assert not Vote.objects.exists() and not Upload.objects.get().named


def test_others_may_not(answered: Upload) -> None:
    assert Client().get(place(answered)).status_code == 404
    assert Client().post(place(answered), {"verdict": "left"}).status_code == 404
    assert not Vote.objects.exists()


def test_only_from_our_own_page(client: Client, answered: Upload) -> None:
    client.handler.enforce_csrf_checks = True
    assert client.post(place(answered), {"verdict": "left"}).status_code == 403


@pytest.mark.parametrize("state", [Upload.State.NEW, Upload.State.WORKING, Upload.State.FAILED])
def test_nothing_to_compare(client: Client, my_upload: MakeUpload, state: str) -> None:
    upload = my_upload(state)
    for answer in (client.get(place(upload)), client.post(place(upload), {"verdict": "left"})):
        assert (answer.status_code, answer["Location"]) == (302, f"/uploads/{upload.pk}/?names")


def test_compared_first(client: Client, answered: Upload) -> None:
    page = f"/uploads/{answered.pk}/"
    assert client.post("/compare-first/", {"first": "on"})["Location"] == "/"
    assert 'name="first" checked' in client.get("/").content.decode()
    assert client.get(page)["Location"] == place(answered)
    assert client.get(f"{page}state/")["HX-Redirect"] == place(answered)
    assert not Upload.objects.get().named
    client.post(place(answered), {"verdict": "left"})
    assert client.get(page).status_code == 200


def test_the_names_without_a_vote(client: Client, answered: Upload) -> None:
    client.post("/compare-first/", {"first": "on"})
    assert client.get(f"/uploads/{answered.pk}/?names").status_code == 200
    assert client.get(f"/uploads/{answered.pk}/").status_code == 200  # they cannot be unseen


def test_no_circle_where_all_of_one_column_is_muted(client: Client, answered: Upload) -> None:
    client.post("/compare-first/", {"first": "on"})
    for rank in range(1, 13):
        MutedTag.objects.create(owner_token=answered.owner_token, tag=f"als{rank}")
    answer = client.get(f"/uploads/{answered.pk}/", follow=True)
    assert answer.status_code == 200


def test_not_first_any_more(client: Client, answered: Upload) -> None:
    client.post("/compare-first/", {"first": "on"})
    client.post("/compare-first/")
    assert 'name="first" checked' not in client.get("/").content.decode()
    assert client.get(f"/uploads/{answered.pk}/").status_code == 200
