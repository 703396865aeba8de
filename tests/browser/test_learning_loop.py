"""The learning loop in a browser: a new hashtag is given, approved, learned, rolled back, and withdrawn."""

import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.benchmarks.photos import data_folder
from tests.end_to_end import tiny
from tests.end_to_end.test_learning import ask, manage
from tests.end_to_end.waiting import wait_for
from tests.running_site import Site, address_of, processes_of, start, stop, wait_until_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ALS, W2V = "ALS recommender + DNN", "ResNet + Word2Vec"
NEW = "#stargazer"
GIVEN, SIMILAR = 5, 8  # photos that get the new hashtag, and the part of the same picture that is asked about
WAIT_MS, TRAINING_SECONDS = 60_000, 600  # for a page, and for runs of both kinds
SIDE, STEP = 380, 66  # pixels


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trained_home: Callable[[Path], Path]) -> Iterator[Site]:
    """A running site that knows three things, and learns at the fifth decision on contributions but not before."""
    home = trained_home(tmp_path / "home")
    for name, value in {"WAIT": "900", "AFTER": str(GIVEN), "PAUSE": "0"}.items():
        monkeypatch.setenv(f"TAG4PIC_LEARN_{name}", value)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "moderator")
    manage(home, "createsuperuser", "--noinput", "--username", "mo", "--email", "mo@example.org")
    process = start(home, 8995)
    try:
        yield Site(address_of(wait_until_ready(process)).rstrip("/"), home)
    finally:
        stop(process)
    assert processes_of(home) == {}


@pytest.fixture
def desk(browser: Browser, site: Site) -> Iterator[Page]:
    """The admin in a browser of its own, where a moderator has logged in."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Username").fill("mo")
    page.get_by_label("Password").fill("moderator")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="Versions")).to_be_visible(timeout=WAIT_MS)
    yield page
    context.close()


def test_it_works(page: Page, desk: Page, site: Site, tmp_path: Path) -> None:
    page.context.set_default_timeout(WAIT_MS)
    first = serving(desk, site)
    darkest = part(SIMILAR, tmp_path, brightness=0.75)
    untaught = suggested(page, site, darkest)
    for number in range(GIVEN):
        give(page, site, part(number, tmp_path))
    approve(desk, site, GIVEN - 1)
    see_in_index(page, site, tmp_path)
    assert serving(desk, site) == first, "no run has begun"

    approve(desk, site, 1)
    await_runs(desk, site, 4)
    learned = serving(desk, site)
    assert set(first).isdisjoint(learned)
    see_change(desk, site)
    similar = part(SIMILAR, tmp_path, brightness=0.7)
    for tags in suggested(page, site, similar).values():
        assert NEW in tags[:2]
    for tags in suggested(page, site, tiny.write(tmp_path / "tiny") / "images" / "0-chelsea.jpg").values():
        assert NEW not in tags[:2]

    for kind in range(2):
        go_back(desk, site, kind)
    assert serving(desk, site) == first
    for tags in suggested(page, site, similar).values():
        assert tags and NEW not in tags

    for version in learned:
        let_serve(desk, site, version)
    receipt = withdraw_all(page, site)
    expect(page.get_by_text(f"Still serving: {', '.join(learned)}.")).to_be_visible(timeout=WAIT_MS)
    await_runs(desk, site, 6)
    assert set(learned).isdisjoint(serving(desk, site))
    page.goto(receipt)
    expect(page.get_by_text("no version serves that had learned from it")).to_be_visible(timeout=WAIT_MS)
    for tags in suggested(page, site, similar).values():
        assert tags and NEW not in tags
    assert suggested(page, site, darkest) == untaught, "nothing of it is left"
    for version in learned:
        see_barred(desk, site, version)
    for kind in range(2):
        go_back(desk, site, kind)
    assert serving(desk, site) == first, "what holds it is passed over"


def part(number: int, folder: Path, brightness: float = 1.0) -> Path:
    """Write one of nine parts of a picture, so different that none is a duplicate of another."""
    photo = Image.open(data_folder() / "astronaut.png").convert("RGB")
    left, top = STEP * (number % 3), STEP * (number // 3)
    file = folder / f"part-{number}-{brightness}.jpg"
    photo.crop((left, top, left + SIDE, top + SIDE)).point(lambda value: round(brightness * value)).save(file)
    return file


def send(page: Page, site: Site, photo: Path) -> None:
    page.goto(site.url)
    page.get_by_label("Choose a photo").set_input_files(photo)
    expect(page.get_by_text(re.compile("^Answered"))).to_be_visible(timeout=WAIT_MS)


def suggested(page: Page, site: Site, photo: Path) -> dict[str, list[str]]:
    """Send a photo, and return what each model suggests for it."""
    send(page, site, photo)
    return {name: page.get_by_role("region", name=name).locator(".tag").all_inner_texts() for name in (ALS, W2V)}


def give(page: Page, site: Site, photo: Path) -> None:
    send(page, site, photo)
    page.get_by_label("good: #space").check()
    page.get_by_label("Missing hashtags").fill(NEW)
    page.get_by_role("button", name="Send for learning").click()
    expect(page.get_by_text("It waits for a moderator.")).to_be_visible(timeout=WAIT_MS)


def approve(desk: Page, site: Site, number: int) -> None:
    """Approve so many of the contributions that wait; each verdict leads to the next."""
    desk.goto(f"{site.url}/admin/predictor/contribution/?state__exact=waiting")
    desk.get_by_role("link", name="Photo of").first.click()
    for done in range(number):
        waiting = desk.get_by_text(f"{GIVEN - done} wait") if number > 1 else desk.get_by_text("1 wait")
        expect(waiting).to_be_visible(timeout=WAIT_MS)
        desk.get_by_role("button", name="Approve").click()
    expect(desk.get_by_text(f"Approved with #space {NEW}.")).to_be_visible(timeout=WAIT_MS)


def see_in_index(page: Page, site: Site, folder: Path) -> None:
    """See that what serves takes approved photos as evidence before any training, and knows no new hashtag by that."""
    numbers = count()
    als = page.get_by_role("region", name=ALS)

    def has_it() -> bool:
        send(page, site, part(SIMILAR, folder, brightness=0.8 + next(numbers) / 100))
        return bool(als.locator(".reasons").first.get_by_text(f"#space {NEW}").count())

    wait_for(has_it, TRAINING_SECONDS)
    assert NEW not in page.get_by_role("region", name=W2V).locator(".tag").all_inner_texts()


def serving(desk: Page, site: Site) -> list[str]:
    """Return what the admin says serves now."""
    desk.goto(f"{site.url}/admin/predictor/modelversion/")
    return _served(desk).locator("strong").all_inner_texts()


def _served(desk: Page) -> Locator:
    return desk.locator("section", has_text="Serving now")


def await_runs(desk: Page, site: Site, number: int) -> None:
    """Wait until so many runs have ended well, none otherwise, and see in the admin that no more are to come."""

    def are_over() -> bool:
        query = "SELECT sum(state = 'done'), group_concat(iif(state IN ('failed', 'cancelled'), message, NULL)) "
        done, trouble = ask(site.home, query + "FROM predictor_trainingrun")
        assert trouble is None
        return bool(done == number)

    wait_for(are_over, TRAINING_SECONDS)
    desk.goto(f"{site.url}/admin/predictor/trainingrun/")
    expect(desk.get_by_text("Nothing is being trained, and nothing waits to be.")).to_be_visible(timeout=WAIT_MS)


def see_change(desk: Page, site: Site) -> None:
    desk.goto(f"{site.url}/admin/predictor/modelversion/")
    _served(desk).get_by_role("link", name="What changed").first.click()
    expect(desk.get_by_role("definition").filter(has_text=NEW)).to_be_visible(timeout=WAIT_MS)


def go_back(desk: Page, site: Site, place: int) -> None:
    """Roll the kind at this place of the list back to what served before."""
    desk.goto(f"{site.url}/admin/predictor/modelversion/")
    _served(desk).get_by_role("link", name="Roll back").nth(place).click()
    desk.get_by_role("button", name="Go back").click()
    expect(desk.get_by_text("serves now; the next photo is answered by it")).to_be_visible(timeout=WAIT_MS)


def see_version(desk: Page, site: Site, version: str) -> None:
    desk.goto(f"{site.url}/admin/predictor/modelversion/{version.split(':')[1]}/change/")


def let_serve(desk: Page, site: Site, version: str) -> None:
    see_version(desk, site, version)
    desk.get_by_role("link", name="Let it serve").click()
    desk.get_by_role("button", name="Let it serve").click()
    expect(desk.get_by_text(f"{version} serves now")).to_be_visible(timeout=WAIT_MS)


def withdraw_all(page: Page, site: Site) -> str:
    """Take every contribution back, and return the address of the last one, which shows its receipt."""
    page.goto(f"{site.url}/contributions/")
    places = page.get_by_role("link", name=re.compile(NEW)).all()
    addresses = [str(link.get_attribute("href")) for link in places]
    assert len(addresses) == GIVEN
    for address in addresses:
        page.goto(f"{site.url}{address}")
        page.get_by_role("button", name="Withdraw").click()
        expect(page.get_by_role("heading", name="Receipt")).to_be_visible(timeout=WAIT_MS)
    return page.url


def see_barred(desk: Page, site: Site, version: str) -> None:
    """See that a version which holds what was withdrawn cannot be gone back to, and why."""
    see_version(desk, site, version)
    expect(desk.get_by_text("may have learned from a contribution that was withdrawn since")).to_be_visible()
    expect(desk.get_by_role("link", name="Let it serve")).to_have_count(0)
    desk.goto(f"{site.url}/admin/predictor/modelversion/{version.split(':')[1]}/serve/")
    expect(desk.get_by_text("may have learned from a contribution that was withdrawn since")).to_be_visible()
    expect(desk.get_by_role("button", name="Go back")).to_have_count(0)
