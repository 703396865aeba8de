"""What goes wrong on purpose: answers that fail, are lost or held back, and limits on how fast the bot may send."""

import json
import math
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus

from tests.telegram.bot_api.fields import Refusal, too_many

HOLD_SECONDS = 60
GATEWAY = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    body: bytes
    kind: str = "application/json"


@dataclass(slots=True)
class Fault:
    """Answers that fail: with a status, or, where it is None, by a connection that is closed without an answer.

    It strikes before the request is acted on, or after, when what was asked for has happened and the bot can't know.
    """

    method: str
    status: int | None
    times: int = 1
    retry_after: int = 1
    before: bool = True

    def strike(self, answer: Answer | None = None) -> Answer | None:
        if self.status is None:
            return None
        phrase = HTTPStatus(self.status).phrase
        if self.status in GATEWAY:  # said by a proxy, which knows no JSON
            return Answer(self.status, f"<html><h1>{self.status} {phrase}</h1></html>".encode(), "text/html")
        flooded = self.status == HTTPStatus.TOO_MANY_REQUESTS
        said = too_many(self.retry_after) if flooded else Refusal(self.status, f"{phrase}: a test wants it so")
        return Answer(self.status, json.dumps(said.json).encode())


@dataclass(slots=True)
class Hang:
    """One answer that is held back: `acted` is set once the request was acted on, and it is sent after `release`."""

    method: str
    acted: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    times: int = 1
    before: bool = False

    def strike(self, answer: Answer | None = None) -> Answer | None:
        self.acted.set()
        self.released.wait(HOLD_SECONDS)
        return answer

    def release(self) -> None:
        self.released.set()


class Faults:
    """The faults that are still to strike, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault | Hang] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault | Hang) -> None:
        with self._lock:
            self._waiting.append(fault)

    def next(self, method: str) -> Fault | Hang | None:
        """Return the fault that strikes a request of this method, and count it."""
        with self._lock:
            fault = next((fault for fault in self._waiting if fault.method.lower() == method.lower()), None)
            if fault is not None:
                fault.times -= 1
                self._waiting = [fault for fault in self._waiting if fault.times]
            return fault


@dataclass(frozen=True, slots=True)
class Limits:
    """How many messages the bot may send within some seconds. Not looked at: 20 a minute in a group."""

    overall: int = 30
    chat: int = 1
    seconds: float = 1.0


class Flood:
    """Counts the messages of the bot in a window of time that slides."""

    def __init__(self, limits: Limits | None) -> None:
        self.limits = limits
        self._sent: deque[tuple[float, int]] = deque()

    def count(self, chat: int) -> None:
        """Count a message, or refuse it where it comes too soon."""
        if self.limits is None:
            return
        now = time.monotonic()
        while self._sent and self._sent[0][0] <= now - self.limits.seconds:
            self._sent.popleft()
        overall = [when for when, _ in self._sent]
        here = [when for when, where in self._sent if where == chat]
        for sent, most in ((overall, self.limits.overall), (here, self.limits.chat)):
            if len(sent) >= most:
                raise too_many(max(1, math.ceil(sent[-most] + self.limits.seconds - now)))
        self._sent.append((now, chat))
