"""A photo that has to wait: the bot of a running site says so, and that message becomes the answer."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.telegram.conftest import BotSite
from tests.telegram.people import Person

pytestmark = pytest.mark.slow


@contextmanager
def nobody_answers(site: BotSite) -> Iterator[None]:
    """Hold the processes that answer photos."""
    held = site.pids("work predict")
    try:
        for pid in held:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in held:
            os.kill(pid, signal.SIGCONT)


def test_it_works(ann: Person, photo: bytes, site: BotSite) -> None:
    with nobody_answers(site):
        sent = ann.chat.sends_photo(photo)
        message = ann.hears()
        assert message.reply_to == sent.id
        assert "The site does not work on photos right now. Yours is kept" in message.text and message.labels == []
        ann.chat.says("/five")
        assert ann.hears().text == "This photo has no answer yet."
    ann.sees(message, "The best five\n#")
    assert len(message.earlier) == 1 and "Why?" in message.labels and "#Cat" in message.text
    ann.hears_nothing_more()
    typing = [
        request for request in site.api.requests_of("sendChatAction") if request.fields["chat_id"] == str(ann.chat.id)
    ]
    assert len(typing) > 1, "shown again while it lasts"
    assert "ALS + DNN\n#" in ann.changes(message, "ALS + DNN").text
