"""Good, bad or missing, said without giving the photo: counted, changed, and never learnt from."""

import pytest
from django.test import Client

from corpus.models import Post
from predictor import live_quality
from predictor.models import Contribution, Judgement, Upload
from predictor.shares import Share


def place(upload: Upload) -> str:
    return f"/uploads/{upload.pk}/judge/"


def test_it_works(client: Client, answered: Upload, home: object) -> None:
    posts = Post.objects.count()
    answer = client.post(place(answered), {"kept": ["als1", "w2v2"], "dropped": ["als2"], "added": "#mine"})
    assert (answer.status_code, answer["Location"]) == (302, f"/uploads/{answered.pk}/#teach")
    row = Judgement.objects.get()
    assert (row.good, row.bad, row.missing, row.unseen) == (["als1", "w2v2"], ["als2"], ["mine"], ["mine"])
    assert row.owner_token == answered.owner_token
    assert not Contribution.objects.exists() and Post.objects.count() == posts
    found = live_quality.measure()
    assert (found.contributions, found.judgements) == (0, 1)
    assert found.whole.kinds["als"].acceptance == Share(1, 2)


def test_all_may_be_bad(client: Client, answered: Upload) -> None:
    assert client.post(place(answered), {"dropped": ["als1"]}).status_code == 302
    assert Judgement.objects.get().bad == ["als1"]


def test_nothing_said(client: Client, answered: Upload) -> None:
    assert client.post(place(answered)).status_code == 422
    assert client.post(place(answered), {"added": "no-way!"}).status_code == 422
    assert not Judgement.objects.exists()


def test_it_can_be_changed(client: Client, answered: Upload) -> None:
    client.post(place(answered), {"kept": ["als1"]})
    page = client.get(f"/uploads/{answered.pk}/").content.decode()
    assert 'value="als1" checked' in page and "You have said" in page
    client.post(place(answered), {"dropped": ["als1"]})
    assert (Judgement.objects.get().good, Judgement.objects.get().bad) == ([], ["als1"])


def test_given_for_learning_afterwards(client: Client, answered: Upload) -> None:
    client.post(place(answered), {"kept": ["als1"]})
    client.post(f"/uploads/{answered.pk}/contribute/", {"kept": ["als1"]})
    assert Contribution.objects.count() == 1 and not Judgement.objects.exists()  # it counts once
    assert client.post(place(answered), {"kept": ["als1"]}).status_code == 422


@pytest.mark.parametrize("method", ["get", "post"])
def test_others_may_not(answered: Upload, method: str) -> None:
    assert getattr(Client(), method)(place(answered), {"kept": ["als1"]}).status_code in (404, 405)
    assert not Judgement.objects.exists()


def test_it_goes_with_everything(client: Client, answered: Upload) -> None:
    client.post(place(answered), {"kept": ["als1"]})
    assert client.post("/mine/data/delete/", {"word": "delete"}).status_code == 200
    assert not Judgement.objects.exists()
