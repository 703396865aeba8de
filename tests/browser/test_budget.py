"""What a first visit costs: bytes over the wire, requests, and nobody else's server."""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BYTES = 100_000
PHOTO = "/photo.jpg"


@dataclass(slots=True)
class Traffic:
    """What a page asked for with an empty cache."""

    urls: dict[str, str] = field(default_factory=dict)  # by request
    bytes: dict[str, int] = field(default_factory=dict)  # with headers, as they went over the wire

    def without_photo(self) -> int:
        return sum(self.bytes.get(id, 0) for id, url in self.urls.items() if not url.endswith(PHOTO))


def test_it_works(page: Page, site_url: str) -> None:
    page.goto(site_url)  # the site warms up
    traffic = visited(page, site_url)
    assert traffic.without_photo() < BYTES
    assert len(traffic.urls) <= 20 and any(url.endswith(".css") for url in traffic.urls.values())
    assert all(url.startswith(site_url) for url in traffic.urls.values())


def test_the_page_of_an_answer(page: Page, site_url: str) -> None:
    page.goto(site_url)
    page.get_by_role("button", name="Coffee").click()
    expect(page.locator("#columns .tag").first).to_be_visible(timeout=60_000)
    traffic = visited(page, page.url)
    assert any(url.endswith(PHOTO) for url in traffic.urls.values())
    assert traffic.without_photo() < BYTES
    assert len(traffic.urls) <= 30
    assert all(url.startswith((site_url, "data:")) for url in traffic.urls.values())


def visited(page: Page, address: str) -> Traffic:
    """Open a page with an empty cache, and return what that took until the network was quiet."""
    traffic = Traffic()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on(
        "Network.requestWillBeSent", lambda event: traffic.urls.update({event["requestId"]: event["request"]["url"]})
    )
    session.on(
        "Network.loadingFinished",
        lambda event: traffic.bytes.update({event["requestId"]: int(event["encodedDataLength"])}),
    )
    page.goto(address, wait_until="networkidle")
    return traffic
