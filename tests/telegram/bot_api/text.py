"""Texts as Telegram takes them: HTML becomes a text with entities; commands, mentions, hashtags and links are found.

Offsets and lengths count UTF-16 units. Stricter than Telegram, which drops such entities without a word: code may
stand in a quotation alone, and nothing may stand in code.
"""

import html
import re
from dataclasses import dataclass, field
from typing import NoReturn

from tests.telegram.bot_api.fields import Json, bad_request

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
TAGS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
TOKEN = re.compile(
    r"""<(?P<closing>/?)(?P<name>[^\s<>/][^\s<>]*)(?P<attributes>(?:\s+[a-z-]+(?:=(?:"[^"]*"|'[^']*'))?)*)\s*>"""
    r"|(?P<reference>&(?:lt|gt|amp|quot|\#\d+|\#x[0-9a-f]+);)|(?P<stray><)",
    re.IGNORECASE,
)
ATTRIBUTE = re.compile(r"""([a-z-]+)(?:=(?:"([^"]*)"|'([^']*)'))?""", re.IGNORECASE)
FOUND = re.compile(
    r"(?P<url>https?://[^\s<>]+)"
    r"|(?P<bot_command>(?<!\S)/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?!\w))"
    r"|(?P<mention>(?<!\w)@[a-zA-Z0-9_]{4,32}(?!\w))"
    r"|(?P<hashtag>(?<![\w#&])#\d*[^\W\d]\w*)"
)


@dataclass
class Text:
    """A text without markup, and its entities."""

    text: str = ""
    entities: list[Json] = field(default_factory=list)

    def named(self, name: str) -> Json:
        """Return this as the keys of a message: a text, or a caption."""
        entities = "entities" if name == "text" else f"{name}_entities"
        return {name: self.text, **({entities: self.entities} if self.entities else {})} if self.text else {}


def units(text: str) -> int:
    """Return how long a text is for Telegram."""
    return len(text.encode("utf-16-le")) // 2


def message_text(sent: str, parse_mode: str) -> Text:
    if not sent:
        raise bad_request("message text is empty")
    text = parsed(sent, parse_mode)
    if not text.text:
        raise bad_request("text must be non-empty")
    if units(text.text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return text


def caption(sent: str, parse_mode: str) -> Text:
    text = parsed(sent, parse_mode)
    if units(text.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return text


def parsed(sent: str, parse_mode: str = "") -> Text:
    """Return a text as it is shown, with the entities that it was marked up with and those found in it."""
    if parse_mode not in ("", "HTML"):
        raise bad_request("unsupported parse_mode")
    text = _trimmed(_Html(sent).text if parse_mode else Text(sent))
    closed = [entity for entity in text.entities if entity["type"] in ("code", "pre", "text_link")]
    text.entities += [entity for entity in found(text.text) if not any(_overlap(entity, other) for other in closed)]
    text.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return text


def found(text: str) -> list[Json]:
    """Return the entities that Telegram finds in a text by itself."""
    return [
        {"type": match.lastgroup, "offset": units(text[: match.start()]), "length": units(match[0])}
        for match in FOUND.finditer(text)
    ]


def _overlap(one: Json, other: Json) -> bool:
    start, end = max(one["offset"], other["offset"]), min(_end(one), _end(other))
    return bool(start < end)


def _end(entity: Json) -> int:
    return int(entity["offset"] + entity["length"])


def _trimmed(text: Text) -> Text:
    """Return a text without white space at its ends."""
    kept = text.text.strip()
    shift = units(text.text[: len(text.text) - len(text.text.lstrip())])
    entities = []
    for entity in text.entities:
        start, end = max(entity["offset"] - shift, 0), min(_end(entity) - shift, units(kept))
        if start < end:
            entities.append({**entity, "offset": start, "length": end - start})
    return Text(kept, entities)


class _Html:
    """Reads HTML from left to right; `text` is what it says."""

    def __init__(self, source: str) -> None:
        self.source, self.text = source, Text()
        self.open: list[tuple[str, Json]] = []
        end = 0
        for match in TOKEN.finditer(source):
            self.text.text += source[end : match.start()]
            end = match.end()
            if match["reference"]:
                self.text.text += html.unescape(match[0])
            elif match["stray"]:
                self._refuse("Unclosed start tag at", match)
            elif match["closing"]:
                self._close(match)
            else:
                self._open(match)
        self.text.text += source[end:]
        if self.open:
            raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag \"{self._inner}\"")

    @property
    def _inner(self) -> str:
        return self.open[-1][0] if self.open else ""

    def _open(self, match: re.Match[str]) -> None:
        name = match["name"].lower()
        attributes = {
            key.lower(): html.unescape(one or two) for key, one, two in ATTRIBUTE.findall(match["attributes"])
        }
        if name not in TAGS:
            self._refuse(f'Unsupported start tag "{name}" at', match)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            self._refuse('Tag "span" must have class "tg-spoiler" at', match)
        around = {tag for tag, _ in self.open}
        if around & {"code", "pre"} and (self._inner, name) != ("pre", "code"):
            self._refuse(f'Tag "{name}" can\'t be in code at', match)
        if name in ("code", "pre") and around - {"blockquote", "pre"}:
            self._refuse(f'Tag "{name}" can be in a quotation alone at', match)
        entity = {"type": TAGS[name], "offset": units(self.text.text)}
        if name == "a":
            entity["url"] = attributes.get("href", "")
        if name == "blockquote" and "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        if name == "code" and self._inner == "pre":
            self.open[-1][1]["language"] = attributes.get("class", "").removeprefix("language-")
        self.open.append((name, entity))

    def _close(self, match: re.Match[str]) -> None:
        name = match["name"].lower()
        if not self.open:
            self._refuse("Unexpected end tag at", match)
        if name != self._inner:
            self._refuse("Unmatched end tag at", match, f', expected "</{self._inner}>", found "</{name}>"')
        _, entity = self.open.pop()
        entity["length"] = units(self.text.text) - entity["offset"]
        linked = name != "a" or re.match(r"https?://.|tg://.", entity["url"])  # others are no links for Telegram
        if entity["length"] and linked and (name, self._inner) != ("code", "pre"):
            self.text.entities.append(entity)

    def _refuse(self, what: str, match: re.Match[str], more: str = "") -> NoReturn:
        place = len(self.source[: match.start()].encode())
        raise bad_request(f"can't parse entities: {what} byte offset {place}{more}")
