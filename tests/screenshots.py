"""The pictures of the READMEs: a fresh site answers the sample photo of a cat, and is photographed.

`make screenshots` runs this. The photo is Chelsea, by Stefan van der Walt (CC0), which comes with scikit-image.
"""

import io
import os
import signal
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.benchmarks.page import chromium
from tests.benchmarks.speed import say, start_site

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
DESKTOP, PHONE = (1280, 1080), (390, 844)  # CSS pixels
QUALITY = 80  # of WebP


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tag4pic-pictures-") as folder:
        os.environ |= {"TAG4PIC_HOME": folder, "TAG4PIC_PORT": "8403"}
        site, address = start_site()
        try:
            with chromium() as browser:
                take(browser, address, "answer", DESKTOP, "light", "en")
                take(browser, address, "phone", PHONE, "dark", "en")
                take(browser, address, "answer.ru", DESKTOP, "light", "ru")
        finally:
            site.send_signal(signal.SIGINT)
            site.wait()


def take(browser: Browser, address: str, name: str, size: tuple[int, int], theme: str, language: str) -> None:
    """Let the site answer the cat, and keep what the window shows."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        device_scale_factor=1 if width > height else 2,
        is_mobile=width < height,
        reduced_motion="reduce",
        locale=language,
    )
    page = context.new_page()
    page.goto(address)
    page.locator(".sample").first.click()
    page.locator("#columns .tag").first.wait_for(timeout=60_000)
    page.locator("[data-related] button").first.wait_for()
    picture = Image.open(io.BytesIO(page.screenshot()))
    file = FOLDER / f"{name}.webp"
    picture.save(file, quality=QUALITY, method=6)
    say(f"{file.name:16}{picture.width:6} x {picture.height}{file.stat().st_size // 1000:6} kB")
    context.close()


if __name__ == "__main__":
    main()
