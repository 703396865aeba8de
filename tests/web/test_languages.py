"""The site speaks English and Russian: by what the browser asks for, and by what a visitor chose in the footer."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from predictor import five
from predictor.models import Upload
from tests.uploads import MakePhoto

pytestmark = pytest.mark.django_db
RUSSIAN = {"Accept-Language": "ru-RU,ru;q=0.9,en;q=0.5"}


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """A request leaves its language with the thread, here that of all tests."""
    yield
    translation.activate("en")


def test_it_works(client: Client) -> None:
    page = client.get("/", headers=RUSSIAN)
    assert page["Content-Language"] == "ru"
    assert '<html lang="ru" dir="ltr">' in page.text
    assert "Одна фотография, два мнения о её хэштегах" in page.text


def test_english_is_for_everybody_else(client: Client) -> None:
    page = client.get("/", headers={"Accept-Language": "fr"})
    assert '<html lang="en"' in page.text


def test_a_choice_leads_back_and_is_remembered(client: Client) -> None:
    answer = client.post("/language/", {"language": "ru"}, headers={"Referer": "http://testserver/models/"})
    assert answer["Location"] == "http://testserver/models/"
    assert int(answer.cookies[settings.LANGUAGE_COOKIE_NAME]["max-age"]) == settings.LANGUAGE_COOKIE_AGE
    assert "Карточка моделей" in client.get("/models/", headers={"Accept-Language": "en"}).text


def test_a_choice_leads_to_no_other_site(client: Client) -> None:
    answer = client.post("/language/", {"language": "ru", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_a_language_that_is_not_there_changes_nothing(client: Client) -> None:
    client.post("/language/", {"language": "xx"})
    assert '<html lang="en"' in client.get("/").text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_footer_offers_both(client: Client, language: str) -> None:
    page = client.get("/no-such-page/", headers={"Accept-Language": language})
    assert page.status_code == 404
    assert 'value="en" lang="en"' in page.text and 'value="ru" lang="ru"' in page.text
    assert page.text.count('aria-current="true"') == 1


def test_a_refusal_of_a_photo(client: Client, photo: MakePhoto) -> None:
    page = client.post("/", {"photo": photo("a.jpg", size=(8, 8))}, headers=RUSSIAN)
    assert "с каждой стороны нужно 16 пикселей или больше" in page.text


def test_a_body_that_is_too_large(client: Client) -> None:
    page = client.post("/", data=b"", content_type="text/plain", headers={**RUSSIAN, "Content-Length": "99999999"})
    assert page.status_code == 413
    assert "Файл больше 20 МБ." in page.text


def test_a_failure_that_a_worker_wrote_down_is_said_in_the_language_of_the_reader() -> None:
    known = Upload(state="failed", reason="too_small", message="The picture is too small")
    stored = Upload(state="failed", reason="gone", message="The photo is not there any more. Please send it again.")
    with translation.override("ru"):
        assert known.failure.startswith("Картинка слишком мала")
        assert stored.failure == "Фотографии больше нет. Отправьте её, пожалуйста, ещё раз."
    with translation.override("en"):
        assert known.failure.startswith("The picture is too small: each side needs 16 pixels")


def test_a_program_is_refused_in_its_language(client: Client) -> None:
    answer = client.get("/api/v1/nowhere", headers={**RUSSIAN, "Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("Здесь для вас ничего нет")


def test_numbers_are_written_as_usual() -> None:
    with translation.override("ru"):
        assert str(five.LOW_SHARE) == "менее\u00a01\u00a0%"
