"""The HTTP of the Bot API: what a request asks for, whatever way it carries its fields, and the sending of answers."""

import json
import re
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.telegram.bot_api.faults import Answer
from tests.telegram.bot_api.fields import Refusal, bad_request
from tests.telegram.bot_api.files import Upload

PATH = re.compile(r"/(?P<file>file/)?bot(?P<token>[^/]*)/(?P<rest>.+)")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. The values of its fields are texts, as in a form."""

    method: str
    token: str
    path: str = ""  # of a file that is fetched
    values: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)


def refusal(refused: Refusal) -> Answer:
    return Answer(refused.status, json.dumps(refused.json).encode())


class HttpServer(ThreadingHTTPServer):
    """Answers each connection in a thread of its own, and can cut all of them."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, answer: Callable[[Asked], Answer | None]) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.answer = answer
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # the bot has gone, or the network was cut
            super().handle_error(request, client_address)

    def cut(self) -> None:
        """Close every connection that is open."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # closed already
                continue


class Handler(BaseHTTPRequestHandler):
    """Reads requests and writes answers."""

    server: HttpServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            answer = self.server.answer(asked(self.path, self.headers, body))
        except Refusal as refused:
            answer = refusal(refused)
        if answer is None:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)


def asked(url: str, headers: Message, body: bytes) -> Asked:
    """Return what a request asks for. Raises Refusal where it can't be read."""
    parts = urlsplit(url)
    match = PATH.fullmatch(unquote(parts.path))
    if match is None:
        raise Refusal(404, "Not Found")
    if match["file"]:
        return Asked("file", match["token"], match["rest"])
    try:
        values, uploads = _fields(headers, body)
        values = {**_form(parts.query), **values}
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    return Asked(match["rest"], match["token"], values=values, uploads=uploads)


def _fields(headers: Message, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    kind = headers.get_content_type()
    if kind == "multipart/form-data":
        return _multipart(body, str(headers.get_param("boundary")))
    return (_json(body) if kind == "application/json" else _form(body.decode())), {}


def _form(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True, errors="strict"))


def _json(body: bytes) -> dict[str, str]:
    """Return the fields of a JSON body as a form would have them."""
    try:
        values = json.loads(body)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise bad_request("can't parse the request's JSON object")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}


def _multipart(body: bytes, boundary: str) -> tuple[dict[str, str], dict[str, Upload]]:
    values: dict[str, str] = {}
    uploads: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        headers = BytesHeaderParser().parsebytes(head.lstrip())
        name = str(headers.get_param("name", "", "Content-Disposition"))
        if filename := headers.get_filename():
            uploads[name] = Upload(filename, headers.get_content_type(), content)
        else:
            values[name] = content.decode()
    return values, uploads
