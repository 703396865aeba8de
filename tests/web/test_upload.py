"""The page of one upload, in each state."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from corpus.models import Hashtag
from predictor.models import Suggestion, Upload
from tests.uploads import MakeUpload


def test_it_works(client: Client, answered: Upload) -> None:
    page = client.get(f"/uploads/{answered.pk}/").content.decode()
    assert f'src="/uploads/{answered.pk}/photo.jpg"' in page
    assert "ALS recommender + DNN" in page and "ResNet + Word2Vec" in page
    assert "MobileNetV2" in page and "EfficientNet-Lite2 (stand-in for ResNet50)" in page
    columns = page[page.index('class="columns ') :]
    assert columns.index("#als1<") < columns.index("#als10<") < columns.index("#w2v1<") < columns.index("#w2v10<")
    assert "#als11" not in columns
    assert ">1.00<" in page and ">0.10<" in page
    assert f"All in one line, to copy: {' '.join(f'#w2v{rank}' for rank in range(1, 11))}" in page
    assert "Answered 0.21 seconds after" in page
    assert "http-equiv" not in page


def test_the_five(client: Client, answered: Upload) -> None:
    Suggestion.objects.filter(tag="w2v1").update(tag="als1")
    Hashtag.objects.create(key="als1", display="Als1")
    Hashtag.objects.create(key="als2", display="als2", status="spam")
    page = client.get(f"/uploads/{answered.pk}/").content.decode()
    best = page[page.index('class="five"') : page.index('class="columns ')]
    best = best[: best.index("<template")]
    assert best.count('<li class="pick"') == 5
    assert best.index("#Als1</bdi>") < best.index("#w2v2</bdi>")
    assert 'data-copy="#als1 #w2v2 ' in page
    assert "Most likely (" in best and "likely." in best
    assert "#als2<" not in best


def test_an_answer_of_which_nothing_may_be_posted(client: Client, answered: Upload) -> None:
    Suggestion.objects.filter(rank__gt=1).delete()
    Hashtag.objects.bulk_create(Hashtag(key=tag, display=tag, status="banned") for tag in ("als1", "w2v1"))
    page = client.get(f"/uploads/{answered.pk}/").content.decode()
    assert 'data-pick="als1"' not in page and "#als1<" in page and "so it is not offered." in page


def test_every_hashtag_says_why(client: Client, answered: Upload) -> None:
    page = client.get(f"/uploads/{answered.pk}/").content.decode()
    assert page.count('<summary class="why"') == 30
    assert page.count("<strong>#Cat #Kitten</strong>") == 10
    assert page.count("<strong>#kitten</strong>") == 10
    assert "similarity 0.91" in page and "25 % of the score" in page


def test_evidence_that_is_gone(client: Client, answered: Upload) -> None:
    Suggestion.objects.filter(version__kind="als").update(evidence=[{"post": 999, "similarity": 0.5, "share": 0.1}])
    page = client.get(f"/uploads/{answered.pk}/").content.decode()
    assert page.count("a photo that is no longer in the corpus") == 10


def test_waiting(client: Client, my_upload: MakeUpload) -> None:
    page = client.get(f"/uploads/{my_upload().pk}/").content.decode()
    assert "Waiting for its turn" in page
    assert '<noscript><meta http-equiv="refresh" content="1"></noscript>' in page
    assert "load delay:150ms" in page
    assert "longer than usual" not in page
    assert 'viewBox="0 0 640 480"' in page and "photo.jpg" not in page


def test_waiting_for_long(client: Client, my_upload: MakeUpload) -> None:
    upload = my_upload()
    Upload.objects.filter(pk=upload.pk).update(created=timezone.now() - timedelta(minutes=1))
    assert "longer than usual" in client.get(f"/uploads/{upload.pk}/").content.decode()


def test_working(client: Client, my_upload: MakeUpload) -> None:
    page = client.get(f"/uploads/{my_upload(Upload.State.WORKING).pk}/").content.decode()
    assert "The models are looking at it" in page


def test_failed_with_a_way_on(client: Client, my_upload: MakeUpload) -> None:
    upload = my_upload(Upload.State.FAILED, message="The photo is damaged <or worse>.", original="uploads/x")
    page = client.get(f"/uploads/{upload.pk}/").content.decode()
    assert "The photo is damaged &lt;or worse&gt;." in page
    assert f'action="/uploads/{upload.pk}/retry/"' in page and "Try again" in page
    assert "http-equiv" not in page


def test_failed_without_a_photo_to_try_again_with(client: Client, my_upload: MakeUpload) -> None:
    page = client.get(f"/uploads/{my_upload(Upload.State.FAILED, message='Sorry.').pk}/").content.decode()
    assert "/retry/" not in page and "Send another photo" in page


def test_it_says_when_an_anonymous_upload_is_deleted(client: Client, my_upload: MakeUpload, admin_user: User) -> None:
    upload = my_upload()
    day = upload.created + timedelta(days=7)
    assert f"Kept until {day.day} {day:%B}, {day:%H:%M} UTC" in client.get(f"/uploads/{upload.pk}/").content.decode()
    assert "Kept until you delete it" in client.get(f"/uploads/{my_upload(owner=admin_user).pk}/").content.decode()


def test_it_is_neither_indexed_nor_cached(client: Client, my_upload: MakeUpload) -> None:
    answer = client.get(f"/uploads/{my_upload().pk}/")
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_it_asks_the_database_little(
    client: Client, answered: Upload, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # session, upload, that its models are named now; what is muted and judged; suggestions, versions, hashtags, what
    # the versions know of them; evidence and which of it may be shown; words inside hashtags, of the columns and of the
    # set; what was contributed
    with django_assert_num_queries(14):
        client.get(f"/uploads/{answered.pk}/")


def test_only_get(client: Client, my_upload: MakeUpload) -> None:
    assert client.post(f"/uploads/{my_upload().pk}/").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/uploads/1/", "/uploads/../", "/uploads/00000000-0000-0000-0000-000000000000/"])
def test_no_such_upload(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
