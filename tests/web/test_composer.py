"""What the page asks for while a set is composed: columns ranked anew, related hashtags, others, and own words."""

from typing import Any

import pytest
from django.test import Client

from corpus.models import Hashtag
from predictor.models import ModelVersion, MutedTag, Upload, VersionHashtag

NONSENSE = ["2", "-0.1", "nan", "inf", "1e999", "popular", "", "0.5; drop table", "٣"]


def test_it_works(client: Client, answered: Upload) -> None:
    page = client.get(f"/uploads/{answered.pk}/columns/", {"specific": "0.4", "platform": "threads"})
    text = page.content.decode()
    assert page.status_code == 200 and "<html" not in text
    assert text.count('class="column ') == 3 and text.count("<li data-pick=") == 1
    assert 'data-limit="1" data-platform="Threads"' in text and "Choose its first 1<" in text


@pytest.mark.parametrize("specific", NONSENSE)
def test_a_setting_that_makes_no_sense_is_the_default(client: Client, answered: Upload, specific: str) -> None:
    asked = client.get(f"/uploads/{answered.pk}/", {"specific": specific, "platform": specific})
    assert asked.status_code == 200
    assert 'name="specific" type="range" min="0" max="1" step="0.05" value="0.0"' in asked.content.decode()
    assert '<option value="instagram" selected>' in asked.content.decode()
    assert "platform" not in asked.cookies


def test_the_address_alone_sets_the_control(client: Client, answered: Upload) -> None:
    answered.suggestions.update(usual=0.9)
    answered.suggestions.filter(tag="als12").update(usual=0.0)
    page = client.get(f"/uploads/{answered.pk}/?specific=1").content.decode()
    assert 'value="1.0"' in page and 'data-pick="als12"' in page[page.index('id="columns"') :]


def test_saving_a_set_and_muting_lead_back_to_the_control_as_it_is(client: Client, answered: Upload) -> None:
    address = f"/uploads/{answered.pk}/"
    assert client.get(address).content.decode().count(f'name="next" value="{address}" data-here') == 2
    page = client.get(f"{address}?specific=0.35").content.decode()
    assert page.count(f'name="next" value="{address}?specific=0.35" data-here') == 2


def test_the_platform_is_remembered(client: Client, answered: Upload) -> None:
    client.get(f"/uploads/{answered.pk}/columns/?platform=x")
    page = client.get(f"/uploads/{answered.pk}/").content.decode()
    assert '<option value="x" selected>X</option>' in page
    assert page[: page.index("<template data-pick-template")].count('class="pick"') == 2


def test_somebody_elses_upload(client: Client, answered: Upload) -> None:
    client.cookies.clear()
    for what in ("columns", "related", "alternatives"):
        assert client.get(f"/uploads/{answered.pk}/{what}/?tag=als1").status_code == 404


def test_an_upload_that_waits_has_no_columns(client: Client, answered: Upload) -> None:
    Upload.objects.filter(pk=answered.pk).update(state=Upload.State.NEW)
    for what in ("columns", "related", "alternatives"):
        assert client.get(f"/uploads/{answered.pk}/{what}/?tag=als1&instead=als1").status_code == 200


def test_related(client: Client, answered: Upload, versions: dict[str, ModelVersion]) -> None:
    know(versions["als"], als1=[("wave", 0.5), ("banned", 0.9), ("als2", 0.8), ("muted", 0.8)])
    know(versions["w2v"], als1=[("foam", 0.6)], als2=[("wave", 0.4)])
    Hashtag.objects.create(key="banned", display="banned", status="banned")
    Hashtag.objects.create(key="wave", display="Wave")
    MutedTag.objects.create(owner_token=answered.owner_token, tag="muted")
    assert related(client, answered, "als1", "als2") == [
        {"tag": "wave", "display": "Wave", "capitals": "Wave", "why": "Goes with #als1.", "twin": ""},
        {"tag": "foam", "display": "foam", "capitals": "Foam", "why": "Goes with #als1.", "twin": ""},
    ]


@pytest.mark.parametrize("chosen", [[], ["nobody"], ["<script>", "#", ""], ["x" * 900] * 40])
def test_nothing_is_related(client: Client, answered: Upload, chosen: list[str]) -> None:
    assert related(client, answered, *chosen) == []


def test_alternatives(client: Client, answered: Upload, versions: dict[str, ModelVersion]) -> None:
    for version in versions.values():
        know(version, als1=[("w2v9", 0.8)], w2v9=[("als1", 0.8)])
    Hashtag.objects.create(key="w2v2", display="w2v2", status="restricted")
    found = client.get(f"/uploads/{answered.pk}/alternatives/?instead=als1&tag=als1&tag=w2v1").json()["hashtags"]
    tags = [hashtag["tag"] for hashtag in found]
    assert len(tags) == 6 and tags[0] == "w2v9"
    assert not {"als1", "w2v1", "w2v2"} & set(tags)
    assert all(hashtag["why"].endswith("likely.") for hashtag in found)


def test_alternatives_to_nothing(client: Client, answered: Upload) -> None:
    for asked in ("", "?instead=", "?instead=%23", "?instead=<b>"):
        assert client.get(f"/uploads/{answered.pk}/alternatives/{asked}").json()["hashtags"] == []


def test_own(client: Client, db: None) -> None:
    Hashtag.objects.create(key="goldenhour", display="GoldenHour")
    Hashtag.objects.create(key="bad", display="bad", status="banned")
    found = client.get("/hashtags/own/", {"text": "#goldenhour, Close-Up bad Закат אהבה sea sea"}).json()
    assert [(one["tag"], one["display"], one["capitals"]) for one in found["hashtags"]] == [
        ("goldenhour", "GoldenHour", "GoldenHour"),
        ("closeup", "CloseUp", "CloseUp"),
        ("bad", "bad", "Bad"),
        ("закат", "Закат", "Закат"),
        ("אהבה", "אהבה", "אהבה"),
        ("sea", "sea", "Sea"),
    ]
    assert "Reported as banned" in found["hashtags"][2]["why"] and found["problem"] == ""


@pytest.mark.parametrize("text", ["###", "sea!", "<b>", "\x00", "x" * 101, "‮", "+1"])
def test_own_words_that_are_no_hashtags(client: Client, db: None, text: str) -> None:
    found: dict[str, Any] = client.get("/hashtags/own/", {"text": text}).json()
    assert found["hashtags"] == [] and found["problem"].endswith(".")


def related(client: Client, upload: Upload, *chosen: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = client.get(f"/uploads/{upload.pk}/related/", {"tag": chosen}).json()["hashtags"]
    return found


def know(version: ModelVersion, **neighbours: list[tuple[str, float]]) -> None:
    VersionHashtag.objects.bulk_create(
        VersionHashtag(version=version, tag=tag, neighbours=near) for tag, near in neighbours.items()
    )


def test_what_is_wrong_with_an_own_hashtag_is_said_in_russian(client: Client) -> None:
    client.cookies["django_language"] = "ru"
    problem = client.get("/hashtags/own/", {"text": "<b> " + "a" * 101}).json()["problem"]
    assert "<b>: На этом месте в хэштеге не может быть '<'." in problem and "не больше 100 знаков" in problem
