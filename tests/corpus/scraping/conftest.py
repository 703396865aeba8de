"""Fixtures of scraping: Instagram on this machine, an account's session, and a run of #sea that was claimed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corpus import ingest
from corpus.decoder import Decoder
from corpus.models import ScrapeRun
from corpus.scraping import client, runs
from corpus.scraping.carrying_out import carry_out
from tests.corpus.scraping.instagram import Instagram, adapter, media, node, serving
from tests.corpus.scraping.session_files import keep_session
from tests.corpus.sources import picture

ACCOUNT = "ann"
Scrape = Callable[..., ScrapeRun]


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Pictures that look quite different."""
    folder = tmp_path_factory.mktemp("photos")
    return [picture(folder / f"{seed}.jpg", seed).read_bytes() for seed in range(40)]


@pytest.fixture
def instagram(photos: list[bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Instagram]:
    """Let Instaloader find 30 recent posts of #sea, three pages, and 14 top posts, two of them recent as well."""
    recent = [node(f"R{number:02}") for number in range(30)]
    top = [media(f"T{number:02}") for number in range(12)] + [media("R00"), media("R01")]
    codes = [post["shortcode"] for post in recent] + [post["code"] for post in top[:10]]
    made = Instagram(recent, top, {f"{code}.jpg": photo for code, photo in zip(codes, photos, strict=True)})
    made.pictures |= {"T10.jpg": photos[0], "T11.jpg": photos[1]}
    with serving(made):
        monkeypatch.setattr(client.Context, "adapter_class", adapter(made.address))
        monkeypatch.setattr(client.Context, "do_sleep", lambda context: None)
        yield made


@pytest.fixture
def account(home: Path) -> str:
    """Import a session, and return its account."""
    keep_session(home, ACCOUNT)
    return ACCOUNT


@pytest.fixture
def scrape(
    instagram: Instagram, account: str, db: None, shared_decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> Scrape:
    """Return a function that orders a run, carries it out, and returns it as it stands then."""

    @contextmanager
    def shared() -> Iterator[Decoder]:
        yield shared_decoder

    monkeypatch.setattr(ingest, "Decoder", shared)

    def scrape(run: ScrapeRun | None = None, section: str = "recent", limit: int = 100, tag: str = "sea") -> ScrapeRun:
        run = run or runs.order(tag, section, limit, account)
        assert run.claim()
        carry_out(run)
        run.refresh_from_db()
        return run

    return scrape
