"""A strict server of Telegram's Bot API on this machine, for tests of a bot that talks to it over real HTTP.

It refuses what Telegram would refuse, in Telegram's words, and is stricter where its modules say so. A test plays the
people (`private_chat`, `group`), lets things go wrong (`fail`, `hang`, `stop`), and looks at what came of it
(`chat.messages`, `requests`).
"""

import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Self

from tests.telegram.bot_api.account import Account
from tests.telegram.bot_api.chats import Chat
from tests.telegram.bot_api.faults import Answer, Fault, Faults, Hang, Limits
from tests.telegram.bot_api.fields import Json, Refusal, read
from tests.telegram.bot_api.http import Asked, HttpServer, refusal
from tests.telegram.bot_api.own_methods import METHODS

STRICT = Limits()
TOKEN = "123456789:a-token-of-the-local-server-for-tests"


@dataclass(slots=True)
class Request:
    """What the bot asked, when by the clock of `time.monotonic`, and what came of it; None if nothing was answered."""

    method: str
    fields: dict[str, str]
    at: float = field(default_factory=time.monotonic)
    status: int | None = None
    answer: Any = None


class BotApi:
    """The server. As a context manager it starts and stops."""

    def __init__(self, token: str = TOKEN, username: str = "tag4pic_bot", limits: Limits | None = STRICT) -> None:
        self.token = token
        self.account = Account(token, username, limits)
        self.requests: list[Request] = []
        self._faults = Faults()
        self._hangs: list[Hang] = []
        self._port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Answer; after `stop`, on the same port and with all that was known."""
        self._http = HttpServer(self._port, self._answer)
        self._port = self._http.server_port
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        self.account.postman.start()

    def stop(self) -> None:
        """Be out of reach: every connection is cut, and none is taken."""
        self._http.shutdown()
        self._http.server_close()
        self._http.cut()
        self.account.postman.stop()
        with self.account.changed:
            self.account.updates.end_poll("the server stops")
        for hang in self._hangs:
            hang.release()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def private_chat(self, user_id: int, language: str | None = "en") -> Chat:
        return self.account.private_chat(user_id, language)

    def group(self, *members: int, title: str = "Friends", supergroup: bool = True) -> Chat:
        return self.account.group(*members, title=title, supergroup=supergroup)

    def redeliver(self, update: Json) -> None:
        """Send an update once more, whether or not the bot confirmed it."""
        with self.account.changed:
            self.account.updates.deliver(update, again=True)

    def updates_held(self) -> AbstractContextManager[list[Json]]:
        """Keep updates back while a block lasts; they go out in the order that it leaves this list in."""
        return self.account.updates.held()

    def fail(
        self,
        method: str,
        status: int | None = 500,
        times: int = 1,
        retry_after: int = 1,
        before: bool = True,
    ) -> None:
        """Let the next requests of a method fail, before they are acted on or after; "file" is the fetching of files.

        Without a status the connection is closed without an answer.
        """
        self._faults.add(Fault(method, status, times, retry_after, before))

    def hang(self, method: str) -> Hang:
        """Hold back the answer to the next request of a method, once the request has been acted on."""
        hang = Hang(method)
        self._hangs.append(hang)
        self._faults.add(hang)
        return hang

    def requests_of(self, method: str) -> list[Request]:
        """Return the requests of one method."""
        with self.account.changed:
            return [request for request in self.requests if request.method.lower() == method.lower()]

    def wait_for(self, condition: Callable[[], object], seconds: float = 20.0) -> None:
        """Return as soon as a condition holds, and fail after so many seconds."""
        until = time.monotonic() + seconds
        with self.account.changed:
            while not condition():
                assert time.monotonic() < until, "this took too long"
                self.account.changed.wait(0.05)  # the condition may look at more than this server

    def _answer(self, asked: Asked) -> Answer | None:
        """Act on a request unless a fault strikes first, and write down both."""
        request = Request(asked.method, asked.values)
        with self.account.changed:
            self.requests.append(request)
        fault = self._faults.next(asked.method)
        answer = fault.strike() if fault and fault.before else self._act(asked, request)
        if fault and not fault.before:
            answer = fault.strike(answer)
        with self.account.changed:
            request.status = answer.status if answer else None
            self.account.changed.notify_all()
        return answer

    def _act(self, asked: Asked, request: Request) -> Answer:
        """Carry out a request, and return what Telegram would."""
        try:
            with self.account.changed:
                self._check_token(asked.token)
                if asked.method == "file":
                    return self._file(asked.path)
                kind = METHODS.get(asked.method.lower())
                if kind is None:
                    raise Refusal(404, "Not Found: method not found")
                values = self.account.files.attached(asked.values, asked.uploads)
                result = read(kind, values).answer(self.account)
                request.answer = {"ok": True, "result": result}
                return Answer(200, json.dumps(request.answer).encode())
        except Refusal as refused:
            request.answer = refused.json
            return refusal(refused)

    def _check_token(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[\w-]+", token, re.ASCII):
            raise Refusal(404, "Not Found")
        if token != self.token:
            raise Refusal(401, "Unauthorized")

    def _file(self, path: str) -> Answer:
        content = self.account.files.content(path)
        if content is None:
            raise Refusal(404, "Not Found")
        return Answer(200, content, "application/octet-stream")
