"""Posts as Instaloader hands them over, parsed into raw posts, and its iterators of them, frozen and thawed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from instaloader import FrozenNodeIterator, Hashtag, InstaloaderContext, NodeIterator, Post, get_json_structure
from instaloader.exceptions import InstaloaderException

from corpus import hashtags

SHORTCODE = re.compile(r"[A-Za-z0-9_-]{1,64}")


class PostError(ValueError):
    """A post that cannot be read; says why."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What is taken over of a post."""

    shortcode: str
    caption: str
    tags: tuple[str, ...]
    taken: datetime
    picture: str  # its address


def parse(post: Post) -> Parsed:
    """Return what is taken over of a post, without asking Instagram for more. Raises PostError."""
    try:
        shortcode, caption, taken = post.shortcode, post.caption or "", post.date_utc.replace(tzinfo=UTC)
        picture = _picture(get_json_structure(post)["node"])
    except (LookupError, TypeError, ValueError, OverflowError, OSError, AttributeError, InstaloaderException) as error:
        raise PostError(f"is not like a post of Instagram ({type(error).__name__})") from error
    if not isinstance(shortcode, str) or not SHORTCODE.fullmatch(shortcode):
        raise PostError("has a strange shortcode")
    caption = plain(caption)
    return Parsed(shortcode, caption, tuple(hashtags.find(caption)), taken, picture)


def _picture(node: dict[str, Any]) -> str:
    """Return the address of a post's picture: of its first one, or of the picture that stands for its video."""
    address = node.get("display_url") or node.get("display_src")
    if address is None:
        address = node["edge_sidecar_to_children"]["edges"][0]["node"]["display_url"]
    if not isinstance(address, str):
        raise TypeError(address)
    return address


def recent(context: InstaloaderContext, tag: str) -> NodeIterator[Post]:
    """Ask for the recent posts of a hashtag."""
    hashtag: Hashtag = Hashtag.from_name(context, tag)
    return hashtag.get_posts_resumable()


def top(context: InstaloaderContext, tag: str) -> Iterator[Post]:
    """Ask for the top posts of a hashtag."""
    hashtag: Hashtag = Hashtag.from_name(context, tag)
    return hashtag.get_top_posts()


def freeze(posts: NodeIterator[Post]) -> dict[str, Any]:
    """Return an iterator as plain data that any database can hold."""
    frozen: dict[str, Any] = plain(posts.freeze()._asdict())
    return frozen


def thaw(context: InstaloaderContext, frozen: dict[str, Any], position: int) -> NodeIterator[Post] | None:
    """Return an iterator that goes on behind the post of that position, or None where it is too old or another's.

    `Hashtag.get_posts_resumable` would ask for the first page before it is thawed; this asks for nothing.
    """
    try:
        state = FrozenNodeIterator(**frozen)
        posts: NodeIterator[Post] = NodeIterator(
            context,
            state.query_hash,
            lambda answer: answer["data"]["hashtag"]["edge_hashtag_to_media"],
            lambda node: Post(context, node),
            state.query_variables,
            state.query_referer,
            first_data=state.remaining_data,
        )
        if datetime.now().timestamp() > (state.best_before or 0):
            return None
        posts.thaw(state)
    except (InstaloaderException, TypeError):
        return None
    for _ in range(position - posts.total_index):  # a frozen iterator begins with the last post that was read
        next(posts, None)
    return posts


def plain(value: Any) -> Any:
    """Return JSON data without what PostgreSQL cannot hold: the character NUL, and halves of characters."""
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="replace").decode()
    if isinstance(value, dict):
        return {plain(key): plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value
