"""Updates on their way to the bot: numbered, kept until they are confirmed, fetched by one poller or posted."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.telegram.bot_api.fields import Json, conflict

FIRST_ID = 700_000_001
ONLY_IF_ASKED_FOR = {"chat_member", "message_reaction", "message_reaction_count"}
LIMIT, LONGEST_POLL = 100, 50  # updates; seconds


@dataclass(slots=True, eq=False)
class Pending:
    """An update that the bot has not confirmed, or that comes once more although it has."""

    update: Json
    again: bool = False


class Updates:
    """The updates of one bot. Every public method must be called by who holds `changed`."""

    def __init__(self, changed: threading.Condition) -> None:
        self.changed = changed
        self.made: list[Json] = []
        self.pending: list[Pending] = []
        self.allowed: frozenset[str] = frozenset()
        self._held: list[Json] | None = None
        self._ids = itertools.count(FIRST_ID)
        self._poll = 0
        self._ended_by = ""

    def add(self, kind: str, content: Json) -> Json:
        """Number an update and let it out, if the bot wants updates of this kind."""
        update = {"update_id": next(self._ids), kind: content}
        self.made.append(update)
        if kind in self.allowed or (not self.allowed and kind not in ONLY_IF_ASKED_FOR):
            if self._held is None:
                self.deliver(update)
            else:
                self._held.append(update)
        return update

    def deliver(self, update: Json, again: bool = False) -> None:
        self.pending.append(Pending(update, again))
        self.changed.notify_all()

    @contextmanager
    def held(self) -> Iterator[list[Json]]:
        """Keep updates back for a while; then they go out in the order in which this list has them."""
        with self.changed:
            held = self._held = []
        try:
            yield held
        finally:
            with self.changed:
                self._held = None
                for update in held:
                    self.deliver(update)

    def allow(self, kinds: list[str] | None) -> None:
        """Remember which kinds of updates are made from now on; nothing said leaves it as it was."""
        if kinds is not None:
            self.allowed = frozenset(kinds)

    def drop(self) -> None:
        self.pending.clear()

    def take(self, offset: int, limit: int, timeout: int) -> list[Json]:
        """Forget what the offset confirms, wait for an update, and return what is there.

        An earlier poll that still waits ends with a conflict.
        """
        self.end_poll("terminated by other getUpdates request; make sure that only one bot instance is running")
        mine = self._poll
        self._forget(offset)
        until = time.monotonic() + min(max(timeout, 0), LONGEST_POLL)
        while not self.pending and (rest := until - time.monotonic()) > 0:
            self.changed.wait(rest)
            if self._poll != mine:
                raise conflict(self._ended_by)
        taken = self.pending[: min(max(limit, 1), LIMIT)]
        for pending in taken:
            pending.again = False
        return [pending.update for pending in taken]

    def end_poll(self, why: str) -> None:
        """Let a poll that waits end with a conflict."""
        self._poll += 1
        self._ended_by = why
        self.changed.notify_all()

    def _forget(self, offset: int) -> None:
        if offset < 0:
            self.pending = self.pending[offset:]
        else:
            self.pending = [one for one in self.pending if one.again or one.update["update_id"] >= offset]
