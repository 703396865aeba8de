"""The way to Instagram: logged in, to its own servers alone, silent, and never asleep for long."""

import pytest
import requests
from instaloader import Hashtag

from corpus.scraping import client, troubles
from corpus.scraping.client import OnlyInstagram
from tests.corpus.scraping.instagram import Instagram


def test_it_works(instagram: Instagram, account: str, capfd: pytest.CaptureFixture[str]) -> None:
    lines: list[str] = []
    context = client.connect(account, lines.append)
    assert (context.username, context.is_logged_in, context.user_id) == ("ann", True, "9")
    assert Hashtag.from_name(context, "SEA").name == "sea"
    context.log("one", 2, sep=" ")
    context.error("three")
    context.close()  # type: ignore[no-untyped-call]
    assert lines == ["one 2", "three"]
    assert capfd.readouterr() == ("", "")


def test_nobody_can_ask_as_well(instagram: Instagram) -> None:
    context = client.connect("", print)
    assert not context.is_logged_in
    assert Hashtag.from_name(context, "sea").mediacount == 30


def test_an_account_without_a_session() -> None:
    with pytest.raises(troubles.NoSession, match="There is no session of the account ann"):
        client.connect("ann", print)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.instagram.com/",
        "https://www.instagram.com:8443/",
        "https://user@www.instagram.com/",
        "https://www.instagram.com.evil.org/",
        "https://fbcdn.net.evil.org/x.jpg",
        "https://xfbcdn.net/x.jpg",
        "https://cdninstagram.com/x.jpg",
        "https://127.0.0.1/x.jpg",
        "https://[::1]/x.jpg",
        "http://169.254.169.254/latest/meta-data",
    ],
)
def test_other_servers_are_never_asked(url: str) -> None:
    session = client.Context(print).get_anonymous_session()
    with pytest.raises(requests.exceptions.InvalidURL, match="Only Instagram's own servers"):
        session.get(url)


def test_all_sessions_go_the_same_way(instagram: Instagram, account: str) -> None:
    context = client.connect(account, print)
    with context._graphql_session(None) as copied:
        context.get_json(
            "graphql/query", {"query_hash": "1", "variables": '{"tag_name":"x","first":12}'}, session=copied
        )
        assert isinstance(copied.get_adapter("https://x"), OnlyInstagram)
    with context.anonymous_copy():
        assert isinstance(context._session.get_adapter("http://x"), OnlyInstagram)
