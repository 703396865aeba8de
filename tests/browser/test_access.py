"""Every public page for everybody: axe finds nothing, nothing moves on load, and 320 pixels are wide enough."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone, translation
from playwright.sync_api import Browser, Page, Route, ViewportSize
from pytest_django.live_server_helper import LiveServer

from predictor.contributions import contributing
from predictor.ml import occlusion
from predictor.models import ApiToken, Explanation, ModelVersion, MutedTag, TagSet, Upload, VersionHashtag, Vote
from tests.browser.axe import OPEN_ALL, violations
from tests.contributions import MakeAnswered
from tests.uploads import MakeUpload
from tests.web.test_models import measured

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STEADY = 0.001
WIDTHS = {1280: 800, 320: 640}
SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(sum), 100);
})"""
WIDER = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
# Pages that no visitor can call up by an address, with what they say.
SHOWN: dict[str, dict[str, Any]] = {
    **{name: {} for name in ("400", "403", "403_csrf", "500", "queue_down", "account/locked", "mine/deleted")},
    "refused": {"status": 413, "sentence": "The file is larger than 20 MB."},
}


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses of the pages of somebody without an account who has something of everything, and of an account."""

    visitor: dict[str, str]
    account: dict[str, str]


@pytest.fixture
def places(
    client: Client,
    my_upload: MakeUpload,
    answered: Upload,
    make_answered: MakeAnswered,
    versions: dict[str, ModelVersion],
) -> Places:
    photo = f"/uploads/{answered.pk}/"
    owner = answered.owner_token
    fresh, given, voted = (make_answered(owner_token=owner, seed=seed, sent_name="Sea.jpg") for seed in (1, 2, 4))
    left, right = versions["als"], versions["w2v"]
    Vote.objects.create(owner_token=owner, upload=voted, left=left, right=right, verdict="left", blind=True)
    contribution = contributing.contribute(given, None, ["sea"], ["beach"], ["boat"], False)
    withdrawn = contributing.contribute(make_answered(owner_token=owner, seed=3), None, ["sea"], [], [], True)
    contributing.withdraw(withdrawn)
    tags = TagSet.objects.create(owner_token=owner, name="Holidays", tags=["sea", "sun"])
    MutedTag.objects.create(owner_token=owner, tag="selfie")
    explain(answered)
    measure(versions)
    for version in versions.values():
        for rank in range(1, 13):
            VersionHashtag.objects.create(
                version=version, tag=f"{version.kind}{rank}", tier="common", x=rank / 13, y=rank / 13
            )
    waiting, failed, nothing = (
        my_upload(Upload.State.NEW),
        my_upload(Upload.State.FAILED, reason="corrupt", original="uploads/x"),
        my_upload(Upload.State.DONE),
    )
    visitor = {
        "start": "/",
        "answer": photo,
        "waiting": f"/uploads/{waiting.pk}/",
        "failed": f"/uploads/{failed.pk}/",
        "without an answer": f"/uploads/{nothing.pk}/",
        "why": f"{photo}why/?tag=als1",
        "map": f"{photo}map/",
        "vote": f"/uploads/{fresh.pk}/compare/",
        "names after a vote": f"/uploads/{voted.pk}/compare/",
        "given": f"/uploads/{given.pk}/",
        "contribution": f"/contributions/{contribution.pk}/",
        "receipt": f"/contributions/{withdrawn.pk}/",
        "contributions": "/contributions/",
        "models": "/models/",
        "API": "/api/v1/docs",
        "join": "/account/join/",
        "log in": "/account/log-in/",
        "mine": "/mine/",
        "sets": "/mine/sets/",
        "set": f"/mine/sets/{tags.pk}/",
        "muted": "/mine/muted/",
        "data": "/mine/data/",
        "404": "/nothing/here/",
        "405": "/mine/sets/save/",
        **{name: f"/shown/{name}/" for name in SHOWN},
    }
    account = {
        "mine": "/mine/",
        "sets": "/mine/sets/",
        "muted": "/mine/muted/",
        "tokens": "/mine/tokens/",
        "data": "/mine/data/",
        "password": "/account/password/",
        "contributions": "/contributions/",
    }
    return Places(visitor, account)


def explain(upload: Upload) -> None:
    """Store what a worker finds out: the middle of the photo decides, for both models."""
    rows = [[9000]] + [[9000]] * 24 + [[1000]] + [[9000]] * (occlusion.PATCHES - 25)
    seen = {kind: {"tags": [f"{kind}1"], "probabilities": rows} for kind in ("als", "w2v")}
    Explanation.objects.create(upload=upload, seen=seen, asked=upload.answered_by, done=timezone.now())


def measure(versions: dict[str, ModelVersion]) -> None:
    """Let the serving versions and one before them be measured, so that the page of the models has all its parts."""
    cache.clear()  # what another test saw on that page
    measured(versions)
    before = versions["als"]
    ModelVersion.objects.create(
        kind="als", backbone=before.backbone, manifest_sha256="b" * 64, metrics=before.metrics, posts=1, hashtags=1
    )


@pytest.mark.parametrize(("width", "theme", "language"), [(1280, "light", "en"), (320, "dark", "ru")])
def test_it_works(
    browser: Browser, client: Client, live_server: LiveServer, places: Places, width: int, theme: str, language: str
) -> None:
    size: ViewportSize = {"width": width, "height": WIDTHS[width]}
    context = browser.new_context(
        viewport=size, color_scheme="dark" if theme == "dark" else "light", locale=language, base_url=live_server.url
    )
    context.set_default_timeout(10_000)
    context.route("**/shown/**", lambda route: show(route, language))
    page = context.new_page()
    found = []
    for whose, addresses in (("visitor", places.visitor), ("account", places.account)):
        if whose == "account":
            ann = User.objects.create_user("ann", password="three blue boats")
            ApiToken.objects.create(user=ann, name="My script", start="t4p_abcd", digest="d" * 64)
            client.force_login(ann)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        for name, address in addresses.items():
            found += [f"{whose}, {name}: {what}" for what in faults(page, address, language)]
    context.close()
    assert not found, "\n".join(found)


def show(route: Route, language: str) -> None:
    """Answer with a page that no visitor can call up by its address."""
    name = route.request.url.split("/shown/")[1].strip("/")
    with translation.override(language):
        route.fulfill(body=render_to_string(f"{name}.html", SHOWN[name]), content_type="text/html")


def faults(page: Page, address: str, language: str) -> list[str]:
    """Say what is wrong with a page as it loads, and with all that it can unfold."""
    found = []
    if (shift := least_shift(page, address)) > STEADY:
        found.append(f"a shift of {shift:.3f}")
    if page.locator("html").get_attribute("lang") != language:
        found.append("another language")
    page.evaluate(OPEN_ALL)
    if (wider := page.evaluate(WIDER)) > 0:
        found.append(f"{wider} pixels too wide")
    found += [f"{rule}: {'; '.join(places)}" for rule, places in violations(page).items()]
    if page.locator("#shortcuts").count():
        page.keyboard.press("?")
        found += [f"{rule} in the list of keys" for rule in violations(page, within="#shortcuts")]
    return found


def least_shift(page: Page, address: str) -> float:
    """Return how far a page moves as it loads. A busy machine also paints half of it, so what moves is loaded again."""
    least = 1.0
    for _ in range(3):
        page.goto(address)
        least = min(least, page.evaluate(SHIFT))
        if least <= STEADY:
            break
    return least
