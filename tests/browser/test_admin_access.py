"""The admin's pages for everybody: axe finds nothing but what is the theme's own, in the light and in the dark."""

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from corpus.admin.popular import PopularHashtagAdmin
from corpus.admin.posts import PostAdmin
from corpus.models import ImportRun, Post
from predictor import copying, queue
from predictor.models import ActiveVersion, Evaluation
from tests.browser.axe import COLOURS, OPEN_ALL, violations
from tests.browser.visitor import be
from tests.contributions import Give, MakeAnswered
from tests.predictor.conftest import no_baselines as no_baselines
from tests.predictor.conftest import run_command, serve, store, train
from tests.predictor.conftest import toy_backbone as toy_backbone
from tests.predictor.test_run_pages import running

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# What scripts of the theme and of Django put on a page, which no template or style of ours reaches: rule, and where.
THEIRS = {
    "landmark-unique": "simplebar",  # the sidebar and a wide list scroll under one name
    "aria-prohibited-attr": ".help-tooltip",  # the two lists of rights name a picture that has no role
}
DARK = "document.documentElement.classList.add('dark')"


@pytest.fixture
def places(
    posts: list[Post],
    give: Give,
    make_answered: MakeAnswered,
    toy_backbone: None,
    no_baselines: None,
    monkeypatch: pytest.MonkeyPatch,
) -> list[str]:
    """Addresses of the admin's pages, with something on each of them."""
    for admin in (PostAdmin, PopularHashtagAdmin):
        monkeypatch.setattr(admin, "list_per_page", 10)
    monkeypatch.setattr(queue, "_enqueue_run", lambda id: None)
    monkeypatch.setattr(queue, "waiting_jobs", list)
    contribution = give(None, "moor")
    copying.note(make_answered(), "#sea #boat")
    ActiveVersion.objects.all().delete()  # those that answered have no artefact
    store(90)
    store(6, split="dev")
    versions = train(), serve("als"), serve("w2v")
    run_command("evaluate", "--source", "mine")
    evaluation, run = Evaluation.objects.get(), running()
    reading = ImportRun.objects.create(source=posts[0].source, total=100, counts={"read": 10})
    corpus = ["post/", f"post/{posts[0].pk}/change/", "post/review/", "post/duplicates/", "hashtag/", "source/add/"]
    corpus += [f"hashtag/{posts[0].hashtags.all()[0].pk}/change/", "popularhashtag/", f"importrun/{reading.pk}/change/"]
    models = ["contribution/", f"contribution/{contribution.pk}/change/", "copying/quality/", "trainingrun/"]
    models += [f"trainingrun/{run.pk}/change/", "evaluation/", f"evaluation/{evaluation.pk}/change/"]
    models += [f"evaluation/{evaluation.pk}/tags/", "modelversion/", f"modelversion/{versions[0].pk}/change/"]
    models += [f"modelversion/{versions[1].pk}/changes/", f"modelversion/{versions[0].pk}/serve/"]
    return ["", "auth/user/1/change/", *(f"corpus/{place}" for place in corpus), *(f"predictor/{at}" for at in models)]


def test_it_works(browser: Browser, admin_client: Client, live_server: LiveServer, places: list[str]) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=live_server.url)
    page = context.new_page()
    page.goto("/admin/login/")
    found = [f"log in: {what}" for what in faults(page)]
    be(context, admin_client, live_server)
    for place in places:
        answer = page.goto(f"/admin/{place}")
        assert answer and answer.ok, place
        found += [f"{place}: {what}" for what in faults(page)]
    context.close()
    assert not found, "\n".join(found)


def faults(page: Page) -> list[str]:
    """Say what is wrong with a page in the light, and with its colours in the dark."""
    page.evaluate(OPEN_ALL)
    found = violations(page)
    page.evaluate(DARK)
    found["color-contrast in the dark"] = violations(page, COLOURS).get("color-contrast", [])
    ours = {rule: [at for at in where if THEIRS.get(rule, "\0") not in at] for rule, where in found.items()}
    return [f"{rule}: {'; '.join(where[:5])}" for rule, where in ours.items() if where]
