"""Rows that wait are worked on: one after the other within a chat, chat beside chat."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Generic, TypeVar

from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections

from predictor.models.telegram import Task

Row = TypeVar("Row", bound=Task)
AFTER_FAULT = 5.0  # seconds that a chat is left alone after a fault of ours, and all of them after one of the database
STOP_SECONDS = 4.0  # in which what is under way may end

logger = logging.getLogger(__name__)


class Bell:
    """Wakes all lanes: something may be waiting in any of them."""

    def __init__(self) -> None:
        self._events: list[asyncio.Event] = []

    def ring(self) -> None:
        for event in self._events:
            event.set()

    def heard(self) -> asyncio.Event:
        """Return an event that is set whenever it rings, and once at the start."""
        event = asyncio.Event()
        event.set()
        self._events.append(event)
        return event


class Lanes(Generic[Row]):
    """Works on the rows that `look` finds, with `work`, which returns for how many seconds the chat is left alone.

    `look` returns the first waiting row of each chat, and how many seconds pass until the next look at the latest.
    `give_up` closes a row on which `work` has failed too often.
    """

    def __init__(
        self,
        bell: Bell,
        look: Callable[[], tuple[Iterable[Row], float]],
        work: Callable[[Row], Awaitable[float]],
        give_up: Callable[[Row], None],
    ) -> None:
        self._bell = bell
        self._look: Callable[[], tuple[Iterable[Row], float]] = look
        self._work: Callable[[Row], Awaitable[float]] = work
        self._give_up: Callable[[Row], None] = give_up
        self._heard = bell.heard()
        self._busy: dict[int | None, asyncio.Task[None]] = {}  # by chat
        self._quiet: dict[int | None, float] = {}  # by chat: until when it is left alone

    async def run(self) -> None:
        """Work until this is cancelled; what is under way may then come to its end, but not for long."""
        try:
            while True:
                self._heard.clear()
                pause = await self._begin()
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._heard.wait()
        finally:
            if self._busy:
                _, left = await asyncio.wait(self._busy.values(), timeout=STOP_SECONDS)
                for task in left:
                    task.cancel()

    async def _begin(self) -> float:
        """Begin with what waits and whose chat is free; return the seconds until the next look."""
        try:
            rows, pause = await sync_to_async(self._looked)()
        except DatabaseError as error:
            logger.warning("The database cannot be reached: %s", error)
            return AFTER_FAULT
        now = time.monotonic()
        self._quiet = {chat: until for chat, until in self._quiet.items() if until > now}
        for row in rows:
            if row.chat_id not in self._busy and row.chat_id not in self._quiet:
                self._busy[row.chat_id] = asyncio.create_task(self._do(row))
        return min([pause, *(until - now for until in self._quiet.values())])

    async def _do(self, row: Row) -> None:
        pause = AFTER_FAULT
        try:
            pause = await self._work(row)
        except DatabaseError as error:
            logger.warning("The database cannot be reached: %s", error)
        except Exception:  # noqa: BLE001 - one chat's fault must not stop the others; its row is tried again
            logger.exception("%s could not be worked on.", row)
            await sync_to_async(self._note_fault)(row)
        finally:
            if pause:
                self._quiet[row.chat_id] = time.monotonic() + pause
            del self._busy[row.chat_id]
            self._bell.ring()

    def _note_fault(self, row: Row) -> None:
        try:
            if row.count_fault():
                self._give_up(row)
        except DatabaseError as error:
            logger.warning("The database cannot be reached: %s", error)

    def _looked(self) -> tuple[Iterable[Row], float]:
        close_old_connections()
        return self._look()
