"""The way to Instagram: Instaloader's context, which reaches nothing else, prints nothing, and never sleeps long."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from instaloader import InstaloaderContext
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidURL

from corpus.scraping import sessions, troubles
from corpus.scraping.pacing import Pacer

API_HOSTS = ("www.instagram.com", "i.instagram.com")
PICTURE_HOSTS = re.compile(r"([a-z0-9-]+\.)+(cdninstagram\.com|fbcdn\.net)")
REQUEST_SECONDS = 20.0  # without a byte
MOST_QUERIES = 5  # in a row without a post: something goes round in circles


class OnlyInstagram(HTTPAdapter):
    """Sends requests to Instagram and its picture servers over HTTPS alone, and names the troubles it answers with."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        host = _host(request.url or "")
        response = super().send(request, *args, **options)
        if host in API_HOSTS and (trouble := troubles.in_answer(response)):
            raise trouble
        return response


class Context(InstaloaderContext):
    """Instaloader's context. All its sessions, also those that it copies for a single query, use one adapter."""

    adapter_class: type[HTTPAdapter] = OnlyInstagram

    def __init__(self, log: Callable[[str], None], account: str = "") -> None:
        self._adapter = self.adapter_class()
        self._log = log
        self.queries = 0  # since the last post
        super().__init__(
            quiet=True,
            max_connection_attempts=1,
            request_timeout=REQUEST_SECONDS,
            rate_controller=lambda context: Pacer(context, account),
            iphone_support=False,  # it would ask for every post anew
        )

    def get_anonymous_session(self) -> requests.Session:
        return self._mounted(super().get_anonymous_session())

    def load_session(self, username: str, sessiondata: dict[str, str]) -> None:
        super().load_session(username, sessiondata)  # type: ignore[no-untyped-call]
        self._mounted(self._session)

    def get_json(
        self,
        path: str,
        params: dict[str, Any],
        host: str = API_HOSTS[0],
        session: requests.Session | None = None,
        response_headers: dict[str, Any] | None = None,
        use_post: bool = False,
    ) -> dict[str, Any]:
        self.queries += 1
        if self.queries > MOST_QUERIES:
            raise troubles.ChangedFormat("page after page without a post")
        session = self._mounted(session or self._session)
        return super().get_json(path, params, host, session, response_headers, use_post)

    def log(self, *msg: object, sep: str = "", end: str = "\n", flush: bool = False) -> None:
        self._log(sep.join(str(part) for part in msg))

    def error(self, msg: object, repeat_at_end: bool = True) -> None:
        self._log(str(msg))

    def _mounted(self, session: requests.Session) -> requests.Session:
        for scheme in ("https://", "http://"):
            session.mount(scheme, self._adapter)
        return session


def connect(account: str, log: Callable[[str], None]) -> Context:
    """Return a context that is logged in as an account, or as nobody. Raises NoSession."""
    context = Context(log, account)
    if account:
        try:
            context.load_session(account, sessions.load(account))
        except sessions.SessionError as error:
            raise troubles.NoSession(str(error)) from error
    return context


def _host(url: str) -> str:
    """Return the host of an address, if it is one that may be reached. Raises InvalidURL."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    known = host in API_HOSTS or PICTURE_HOSTS.fullmatch(host)
    if parts.scheme != "https" or parts.netloc.lower() != host or not known:
        raise InvalidURL("Only Instagram's own servers are asked.")
    return host
