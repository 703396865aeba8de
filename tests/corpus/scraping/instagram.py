"""A server on this machine that answers as Instagram does, as far as Instaloader asks when it reads a hashtag."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import HTTPAdapter

from corpus.scraping.client import OnlyInstagram

PAGE = 12  # what Instaloader asks for
TAKEN = 1_700_000_000  # 2023-11-14 22:13:20 UTC
PICTURES = "https://scontent-fra3-1.cdninstagram.com/v/"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says to one request, instead of what is asked for."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)


class Rerouted(HTTPAdapter):
    """Sends what is meant for any host to a server on this machine."""

    address: ClassVar[str] = ""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        local = request.copy()
        parts = urlsplit(request.url or "")
        local.url = f"{self.address}/{parts.netloc}{parts.path}?{parts.query}"
        response = super().send(local, *args, **{**options, "proxies": {}})
        response.url, response.request = request.url or "", request
        return response


def adapter(address: str) -> type[HTTPAdapter]:
    """Return the site's own adapter, which reaches a server on this machine in Instagram's place."""
    return type("LocalInstagram", (OnlyInstagram, type("Local", (Rerouted,), {"address": address})), {})


class Instagram:
    """Recent and top posts, pictures, and a list of what was asked. `say` lets it answer otherwise."""

    def __init__(self, recent: list[dict[str, Any]], top: list[dict[str, Any]], pictures: dict[str, bytes]) -> None:
        self.recent, self.top, self.pictures = recent, top, pictures
        self.top_by_graphql = False
        self.asked: list[str] = []
        self.hold = threading.Event()  # pages after the first wait for it
        self.hold.set()
        self.address = ""
        self._other: list[tuple[str, Answer]] = []

    def say(self, words: str, status: int = 200, body: Any = b"", times: int = 1, **headers: str) -> None:
        """Give this answer to the next requests whose address holds these words."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._other += [(words, Answer(status, body, named))] * times

    def count(self, words: str) -> int:
        return sum(words in address for address in self.asked)

    def answer(self, address: str) -> Answer:
        self.asked.append(address)
        for place, (words, other) in enumerate(self._other):
            if words in address:
                del self._other[place]
                return other
        parts = urlsplit(address)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/i.instagram.com/api/v1/tags/web_info/":
            return Answer(body=self._hashtag(query["tag_name"]))
        if parts.path == "/www.instagram.com/graphql/query":
            return Answer(body=self._page(json.loads(query["variables"])))
        if parts.path.startswith("/www.instagram.com/explore/tags/"):
            return Answer(body={"data": {"top": self._sections(int(query["max_id"]))}, "status": "ok"})
        picture = self.pictures.get(parts.path.rsplit("/", 1)[1])
        return Answer(body=picture) if picture else Answer(404)

    def _hashtag(self, name: str) -> dict[str, Any]:
        about = {"id": "17841562", "name": name, "media_count": len(self.recent)}
        if self.top_by_graphql:
            edges = [{"node": node} for node in self.top]
            return {"graphql": {"hashtag": {**about, "edge_hashtag_to_top_posts": {"edges": edges}}}, "status": "ok"}
        return {"data": {**about, "top": self._sections(0)}, "status": "ok"}

    def _page(self, variables: dict[str, Any]) -> dict[str, Any]:
        start = int(variables.get("after", 0))
        if start:
            self.hold.wait(60)
        end = start + min(PAGE, variables["first"])
        media = {
            "count": len(self.recent),
            "page_info": {"has_next_page": end < len(self.recent), "end_cursor": str(end)},
            "edges": [{"node": node} for node in self.recent[start:end]],
        }
        return {"data": {"hashtag": {"name": variables["tag_name"], "edge_hashtag_to_media": media}}, "status": "ok"}

    def _sections(self, start: int) -> dict[str, Any]:
        rows = [self.top[place : place + 3] for place in range(start, min(start + 9, len(self.top)), 3)]
        return {
            "sections": [{"layout_content": {"medias": [{"media": media} for media in row]}} for row in rows],
            "more_available": start + 9 < len(self.top),
            "next_max_id": str(start + 9),
        }


@contextmanager
def serving(instagram: Instagram) -> Iterator[Instagram]:
    """Let it answer on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = instagram.answer(self.path)
            if said.status == 0:  # hangs up
                self.close_connection = True
                return
            body = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
            self.send_response(said.status)
            for name, value in {"Content-Length": str(len(body)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    instagram.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield instagram
    finally:
        instagram.hold.set()
        server.shutdown()
        server.server_close()


def node(code: str, caption: str = "At the #sea", **other: Any) -> dict[str, Any]:
    """Return a post as GraphQL gives it."""
    return {
        "__typename": "GraphImage",
        "id": str(abs(hash(code)) % 10**15),
        "shortcode": code,
        "edge_media_to_caption": {"edges": [{"node": {"text": caption}}]},
        "taken_at_timestamp": TAKEN,
        "display_url": f"{PICTURES}{code}.jpg?oe=1",
        "edge_liked_by": {"count": 7},
        "owner": {"id": "9"},
        "is_video": False,
        **other,
    }


def media(code: str, caption: str = "At the #sea", **other: Any) -> dict[str, Any]:
    """Return a post as the telephones' interface gives it."""
    return {
        "pk": abs(hash(code)) % 10**15,
        "code": code,
        "media_type": 1,
        "taken_at": TAKEN,
        "caption": {"text": caption},
        "has_liked": False,
        "like_count": 7,
        "image_versions2": {"candidates": [{"url": f"{PICTURES}{code}.jpg"}]},
        "user": {"pk": 9, "username": "ann", "is_private": False, "full_name": "Ann", "profile_pic_url": "https://x"},
        **other,
    }
