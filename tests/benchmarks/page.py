"""`make bench`: how fast the pages are to a person, in headless Chromium: first paint, answer, taps, and the control.

A fresh site is started in a temporary home with the starter models. Every time runs from the event in the page to the
frame that shows its effect, by the page's own clock.
"""

import base64
import os
import signal
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.photos import enlarged
from tests.benchmarks.speed import say, start_site

ROUNDS = 20
SIDE = 1080  # pixels
FRAME = 1000 / 60  # milliseconds
PAINTED = "new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(performance.now()))))"

# Remembers when a photo was dropped, and on the page that follows, when its hashtags can be read.
WATCH = f"""
  const now = () => performance.timeOrigin + performance.now();
  addEventListener("drop", () => sessionStorage.setItem("dropped", now()), true);
  new MutationObserver(async (_, observer) => {{
    if (!document.querySelector(".column .score")) return;
    observer.disconnect();
    await {PAINTED};
    window.readableAfter = now() - Number(sessionStorage.getItem("dropped"));
  }}).observe(document, {{childList: true, subtree: true}});
"""
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
DROP = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name, {type: "image/jpeg"}));
  document.body.dispatchEvent(new DragEvent("drop", {dataTransfer, bubbles: true, cancelable: true}));
}"""
TAP = f"""async (place) => {{
  const buttons = document.querySelectorAll(".column button[data-pick]");
  const button = buttons[place % buttons.length];
  const before = button.getAttribute("aria-pressed");
  await {PAINTED};
  const start = performance.now();
  button.click();
  document.body.getBoundingClientRect(); // styles and layout count
  const done = performance.now();
  if (button.getAttribute("aria-pressed") === before) throw new Error("The tap did nothing.");
  return [done - start, (await {PAINTED}) - start];
}}"""
STEER = f"""async (value) => {{
  const control = document.getElementById("specific");
  const before = document.querySelector("[data-proposed]");
  const start = performance.now();
  control.value = value;
  control.dispatchEvent(new Event("input", {{bubbles: true}}));
  const columns = document.getElementById("columns");
  if (document.querySelector("[data-proposed]") === before)
    await new Promise((resolve) => new MutationObserver(resolve).observe(columns, {{childList: true}}));
  return (await {PAINTED}) - start;
}}"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tag4pic-bench-") as folder:
        os.environ |= {"TAG4PIC_HOME": folder, "TAG4PIC_UPLOADS_PER_MINUTE": "0", "TAG4PIC_PORT": "8402"}
        site, address = start_site()
        try:
            with chromium() as browser:
                measure(browser, address, enlarged(SIDE, Path(folder) / "photo.jpg"))
        finally:
            site.send_signal(signal.SIGINT)
            site.wait()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser of the tests, or end the benchmark with a sentence where there is none."""
    from tests.browser.conftest import CHROMIUM, FLAGS

    if CHROMIUM is None:
        raise SystemExit("No Chromium here: `apt-get install --no-install-recommends chromium` brings one.")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def measure(browser: Browser, address: str, photo: Path) -> None:
    say(f"{'median of 20, headless Chromium':44}{'median':>10}{'slowest':>10}{'goal':>12}")
    report("first paint of the start page, nothing cached", [first_paint(browser, address) for _ in range(ROUNDS)], 500)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(WATCH)
    content = photo.read_bytes()
    answers = [readable(page, address, content, number) for number in range(ROUNDS + 1)][1:]
    report(f"drop of a {SIDE}-pixel photo to readable answer", answers, 400)
    taps = [page.evaluate(TAP, place) for place in range(ROUNDS)]
    report("tap on a hashtag: script, styles and layout", [worked for worked, _ in taps], FRAME)
    report("tap on a hashtag to the frame that shows it", [shown for _, shown in taps], 2 * FRAME)
    places = [str((number % 19 + 1) / 20) for number in range(ROUNDS)]
    report("popular or specific, to new columns shown", [page.evaluate(STEER, place) for place in places], 200)


def first_paint(browser: Browser, address: str) -> float:
    """Open the start page in a browser that has seen nothing of the site, and return its milliseconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(address)
    milliseconds = waited(page, FIRST_PAINT)
    context.close()
    return milliseconds


def readable(page: Page, address: str, photo: bytes, number: int) -> float:
    """Drop a photo that the site has not seen, and return the milliseconds until its hashtags can be read."""
    page.goto(address)
    content = photo + f"round {number}".encode()  # decoders ignore what follows a JPEG; its hash is new
    page.evaluate(DROP, [f"{number}.jpg", base64.b64encode(content).decode()])
    page.wait_for_selector(".column .score", timeout=30_000)
    return waited(page, "window.readableAfter")


def waited(page: Page, expression: str) -> float:
    """Return the number that an expression has as soon as it is there; the content policy lets no page wait for it."""
    while (number := page.evaluate(expression)) is None:
        page.wait_for_timeout(10)
    return float(number)


def report(name: str, times: list[float], goal: float) -> None:
    middle = statistics.median(times)
    say(f"{name:44}{middle:7.1f} ms{max(times):7.0f} ms{f'< {goal:.0f} ms':>12}")


if __name__ == "__main__":
    main()
