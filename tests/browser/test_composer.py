"""Composing the set to post in a browser: every column and the set are one, and nothing that is chosen gets lost."""

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from corpus.models import Hashtag
from predictor.models import Suggestion, TagSet, Upload, VersionHashtag
from tests.browser.visitor import be, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def here(
    page: Page, context: BrowserContext, client: Client, live_server: LiveServer, answered: Upload
) -> Iterator[Page]:
    """Open the page of an answered photo, whose first hashtag both models suggest."""
    Suggestion.objects.filter(tag="w2v4").update(tag="als1")
    be(context, client, live_server)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page.goto(f"{live_server.url}/uploads/{answered.pk}/")
    expect(page.get_by_role("button", name="Copy 5")).to_be_enabled()
    yield page
    page.goto(f"{live_server.url}/hashtags/")  # what the page has asked for is answered before the database goes


@pytest.fixture
def phone(browser: Browser, client: Client, live_server: LiveServer) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    be(context, client, live_server)
    yield context.new_page()
    context.close()


def test_it_works(here: Page) -> None:
    """One press copies the five; a hashtag that is pressed in one column is chosen in all of them."""
    first = chosen(here)
    assert len(first) == 5
    expect(here.get_by_text("5 of 5 for Instagram")).to_be_visible()
    here.get_by_role("button", name="Copy 5").click()
    assert here.evaluate("navigator.clipboard.readText()").split() == first

    twins = here.get_by_role("button", name="#als1", exact=True)
    expect(twins).to_have_count(3)
    assert {twin.get_attribute("aria-pressed") for twin in twins.all()} == {str("#als1" in first).lower()}
    twins.first.click()
    assert {twin.get_attribute("aria-pressed") for twin in twins.all()} == {str("#als1" not in first).lower()}
    assert ("#als1" in chosen(here)) != ("#als1" in first)


def test_an_answer_that_arrives(here: Page, answered: Upload) -> None:
    Upload.objects.filter(pk=answered.pk).update(state=Upload.State.NEW)
    here.reload()
    expect(here.get_by_text("Waiting for its turn")).to_be_visible()
    Upload.objects.filter(pk=answered.pk).update(state=Upload.State.DONE)
    row(here, "#als9").click()
    expect(here.get_by_text("6 of 5 for Instagram")).to_be_visible()


def test_a_photo_that_is_deleted_meanwhile(here: Page, answered: Upload) -> None:
    answered.delete()
    here.get_by_label("For", exact=True).select_option("Threads")
    expect(here.get_by_text("There is nothing here for you")).to_be_visible()


def test_more_than_the_platform_takes(here: Page) -> None:
    first = chosen(here)
    row(here, "#als9").click()
    expect(here.get_by_text("6 of 5 for Instagram")).to_be_visible()
    expect(here.get_by_text("Only the first 5 are copied.")).to_be_visible()
    here.get_by_role("button", name="Copy 5 of 6").click()
    assert here.evaluate("navigator.clipboard.readText()").split() == first
    here.get_by_label("For", exact=True).select_option("LinkedIn")
    expect(here.get_by_text("6 for LinkedIn")).to_be_visible()
    expect(here.get_by_role("button", name="Copy 6")).to_be_enabled()
    expect(here.get_by_text("Only the first")).to_be_hidden()


def test_undo_takes_every_step_back(here: Page) -> None:
    first = chosen(here)
    undo = here.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    row(here, "#als9").click()
    here.get_by_role("button", name=f"Leave {first[0]} out").click()
    here.get_by_role("button", name="Choose its first 5").first.click()
    assert chosen(here) != first
    undo.click()
    assert chosen(here) == [*first[1:], "#als9"]
    here.keyboard.press("Control+z")
    here.keyboard.press("Control+z")
    assert chosen(here) == first
    expect(undo).to_be_disabled()


def test_what_is_chosen_outlives_the_page(here: Page) -> None:
    row(here, "#als9").click()
    kept = chosen(here)
    here.reload()
    expect(here.get_by_role("button", name="Undo")).to_be_enabled()
    assert chosen(here) == kept
    here.get_by_role("link", name="tag4pic").click()
    here.go_back()
    expect(row(here, "#als9")).to_have_attribute("aria-pressed", "true")
    here.get_by_role("button", name="As proposed").click()
    assert "#als9" not in chosen(here)


def test_it_outlives_the_tab_and_is_the_same_in_all(here: Page, context: BrowserContext) -> None:
    row(here, "#als9").click()
    other = context.new_page()
    other.goto(here.url)
    assert chosen(other) == chosen(here)
    row(other, "#als8").click()
    expect(row(here, "#als8")).to_have_attribute("aria-pressed", "true")
    other.get_by_role("button", name="As proposed").click()
    expect(here.get_by_text("5 of 5 for Instagram")).to_be_visible()
    here.get_by_role("button", name="Undo").click()
    expect(other.get_by_text("7 of 5 for Instagram")).to_be_visible()
    other.close()


def test_it_goes_with_the_photo(here: Page) -> None:
    row(here, "#als9").click()
    kept = "Object.keys(localStorage).filter((name) => name.startsWith('chosen:')).length"
    assert here.evaluate(kept) == 1
    here.get_by_text("Delete it now").click()
    here.get_by_role("button", name="Yes, delete it").click()
    expect(here.get_by_text("The photo is deleted")).to_be_visible()
    assert here.evaluate(kept) == 0


def test_order_by_keys_and_by_dragging(here: Page) -> None:
    first, second, third, *rest = chosen(here)
    grip = here.get_by_role("button", name=f"Move {first}:")
    grip.focus()
    here.keyboard.press("ArrowDown")
    assert chosen(here) == [second, first, third, *rest]
    expect(grip).to_be_focused()
    expect(here.locator("#announcer")).to_have_text(f"{first} is now number 2.")
    here.keyboard.press("ArrowUp")
    here.keyboard.press("ArrowUp")  # it is the first already
    assert chosen(here) == [first, second, third, *rest]
    below = here.locator(".pick").nth(2).bounding_box()
    assert below
    grip.hover()
    here.mouse.down()
    here.mouse.move(below["x"] + 20, below["y"] + below["height"] - 2, steps=5)
    here.mouse.up()
    assert chosen(here) == [second, third, first, *rest]


def test_another_one_in_its_place(here: Page) -> None:
    first, *rest = chosen(here)
    here.get_by_role("button", name=f"Change {first}").click()
    panel = here.locator(".panel:visible")
    panel.get_by_role("button", name="Move down").click()
    assert chosen(here)[:2] == [rest[0], first]
    other = panel.locator("[data-alternatives] button").first
    name = other.inner_text()
    other.click()
    assert chosen(here) == [rest[0], name, *rest[1:]]
    expect(here.get_by_role("button", name=f"Change {name}")).to_be_focused()


def test_own_hashtags(here: Page) -> None:
    Hashtag.objects.create(key="sunset", display="Sunset", posts_number=9)
    field = here.get_by_label("Add a hashtag of your own")
    field.fill("#suns")
    here.get_by_role("option", name="#Sunset").click()
    field.press("Enter")
    expect(row(here, "#Sunset", ".pick")).to_be_visible()
    field.fill("Закат <b>bold</b> sea!")
    field.press("Enter")
    expect(here.get_by_role("alert").filter(has_text="sea!")).to_contain_text("cannot hold")
    expect(row(here, "#Закат", ".pick")).to_be_visible()
    assert len(chosen(here)) == 7
    expect(row(here, "#Закат", ".pick")).to_contain_text("Added by you.")


def test_capitals_are_copied_and_remembered(here: Page) -> None:
    here.get_by_label("Copied as").select_option("capitals")
    here.reload()
    here.get_by_role("button", name="Copy 5").click()
    assert here.evaluate("navigator.clipboard.readText()").split()[0][1].isupper()


def test_related(here: Page, answered: Upload) -> None:
    version = Suggestion.objects.filter(tag="als9")[0].version
    VersionHashtag.objects.create(version=version, tag="als9", neighbours=[("wave", 0.7)])
    row(here, "#als9").click()
    related = here.get_by_role("list", name="Goes with these")
    related.get_by_role("button", name="#wave").click()
    assert chosen(here)[-2:] == ["#als9", "#wave"]
    expect(related.get_by_role("button", name="#wave")).to_have_count(0)  # it is chosen now


def test_the_control(here: Page, answered: Upload) -> None:
    answered.suggestions.update(usual=0.9)
    answered.suggestions.filter(tag__endswith="12").update(usual=0.0)
    slider = here.get_by_label("Popular or specific")
    slider.focus()
    here.keyboard.press("End")
    expect(here.locator(".ink-als .tag").first).to_have_text("#als12")
    expect(here.locator(".pick").first).to_contain_text("12")  # nobody has changed the set
    assert "specific=1" in here.url
    here.reload()
    expect(here.locator(".ink-als .tag").first).to_have_text("#als12")
    row(here, "#als9").click()
    kept = chosen(here)
    slider.focus()
    here.keyboard.press("Home")
    expect(here.locator(".ink-als .tag").first).to_have_text("#als1")
    assert chosen(here) == kept


def test_a_site_that_does_not_answer(here: Page) -> None:
    here.route("**/columns/*", lambda route: route.abort())
    before = here.locator(".ink-als .tag").all_inner_texts()
    here.get_by_label("For", exact=True).select_option("Threads")
    expect(here.locator("#announcer")).to_have_text("The site does not answer. Please try again.")
    assert here.locator(".ink-als .tag").all_inner_texts() == before


def test_save_as_a_set(here: Page) -> None:
    row(here, "#als9").click()
    kept = chosen(here)
    here.get_by_text("Save as a set").click()
    here.get_by_label("Name of the set").fill("by the sea")
    here.get_by_role("button", name="Save", exact=True).click()
    expect(here.get_by_text("by the sea")).to_be_visible()
    assert [f"#{tag}" for tag in TagSet.objects.get().tags] == kept
    assert chosen(here) == kept


def test_never_again(here: Page) -> None:
    tag = chosen(here)[0]
    entry = here.locator(".ink-blend li", has=here.get_by_role("button", name=tag, exact=True))
    entry.locator("summary").click()
    entry.get_by_role("button", name=f"Never suggest {tag} again").click()
    expect(here.get_by_role("button", name=tag, exact=True)).to_have_count(0)
    assert tag not in chosen(here) and len(chosen(here)) in (4, 5)


def test_keys(here: Page) -> None:
    here.keyboard.press("?")
    expect(here.get_by_role("dialog")).to_contain_text("Copy the hashtags")
    here.keyboard.press("Escape")
    expect(here.get_by_role("dialog")).to_be_hidden()
    first = chosen(here)
    here.keyboard.press("9")
    assert len(chosen(here)) in (4, 6)
    here.keyboard.press("z")
    assert chosen(here) == first
    here.keyboard.press("/")
    here.keyboard.type("c9z")
    expect(here.get_by_label("Add a hashtag of your own")).to_have_value("c9z")
    assert chosen(here) == first
    here.keyboard.press("Escape")
    here.get_by_role("button", name="Copy 5").focus()
    here.keyboard.press("c")
    expect(here.get_by_role("button", name="Copied")).to_be_visible()


def test_single_keys_can_be_switched_off(here: Page) -> None:
    here.get_by_role("button", name="Keyboard").click()
    here.get_by_label("Single keys work").uncheck()
    here.get_by_role("button", name="Close").click()
    here.reload()
    first = chosen(here)
    here.keyboard.press("9")
    assert chosen(here) == first


def test_by_keyboard_alone(here: Page) -> None:
    """From the top of the page to the set, with Tab and Enter, and on to a column with Tab and Space."""
    first = chosen(here)
    tab_to(here, f"Leave {first[0]} out")
    here.keyboard.press("Enter")
    expect(here.get_by_role("button", name=f"Leave {first[1]} out")).to_be_focused()
    for _ in first[1:]:
        here.keyboard.press("Enter")
    expect(here.get_by_text("Nothing is chosen.")).to_be_visible()
    expect(here.get_by_label("Add a hashtag of your own")).to_be_focused()
    expect(here.get_by_role("button", name="Copy 0")).to_be_disabled()
    for _ in range(60):
        here.keyboard.press("Tab")
        if row(here, "#als9").evaluate("toggle => toggle === document.activeElement"):
            break
    here.keyboard.press("Space")
    assert chosen(here) == ["#als9"]


def test_on_a_phone(phone: Page, live_server: LiveServer, answered: Upload) -> None:
    """The bar with the count and the button stays within reach, wherever the page is."""
    phone.goto(f"{live_server.url}/uploads/{answered.pk}/")
    button = phone.get_by_role("button", name="Copy 5")
    for place in (0, 1500):
        phone.evaluate(f"window.scrollTo(0, {place})")
        expect(button).to_be_in_viewport(ratio=1)
        box = button.bounding_box()
        assert box and box["y"] > 600 and box["height"] >= 44
    phone.get_by_role("button", name="#als9", exact=True).first.tap()
    expect(phone.get_by_text("6 of 5 for Instagram")).to_be_in_viewport()


def test_a_browser_that_keeps_nothing(page: Page, here: Page) -> None:
    here.add_init_script(
        "for (const s of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, s, {get() { throw new DOMException('no'); }})"
    )
    here.reload()
    row(here, "#als9").click()
    assert chosen(here)[-1] == "#als9"
    here.get_by_label("Copied as").select_option("capitals")
    expect(here.get_by_role("button", name="Copy 5 of 6")).to_be_enabled()


def chosen(page: Page) -> list[str]:
    return page.locator(".pick bdi").all_inner_texts()


def row(page: Page, tag: str, where: str = ".ink-als button[data-pick]") -> Locator:
    return page.locator(where).filter(has=page.get_by_text(tag, exact=True))
