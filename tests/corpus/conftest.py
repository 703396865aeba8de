"""Fixtures of the corpus: one decoder for many imports, and a run to import with."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from corpus import ingest
from corpus.decoder import Decoder
from corpus.models import ImportRun, Source


@pytest.fixture(scope="session")
def shared_decoder() -> Iterator[Decoder]:
    with Decoder() as made:
        yield made


@pytest.fixture
def run(shared_decoder: Decoder, db: None, monkeypatch: pytest.MonkeyPatch) -> ImportRun:
    """Start an import into the source `mine`; all imports of the tests share one decoder's child."""

    @contextmanager
    def shared() -> Iterator[Decoder]:
        yield shared_decoder

    monkeypatch.setattr(ingest, "Decoder", shared)
    return ingest.open_run("mine", Source.Kind.FOLDER)
