"""Small marks that lists and pages show: a status in its colour, a bar with its number, a link to rows."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

TONES = {  # of every status and state
    "approved": "good",
    "done": "good",
    "normal": "plain",
    "pending": "open",
    "new": "open",
    "working": "open",
    "waiting": "open",
    "paused": "warn",
    "generic": "warn",
    "spam": "bad",
    "restricted": "warn",
    "banned": "bad",
    "rejected": "bad",
    "failed": "bad",
    "broken": "bad",
    "cancelled": "plain",
}


def mark(code: str, text: object) -> SafeString:
    """Return a status as a coloured word."""
    return format_html('<span class="t-mark t-{}">{}</span>', TONES.get(code, "plain"), text)


def bar(share: float, text: object) -> SafeString:
    """Return a number with a bar that shows it as a part of the whole."""
    percent = round(100 * min(1.0, max(0.0, share)))
    return format_html(
        '<span class="t-bar"><progress max="100" value="{}" aria-hidden="true"></progress><span>{}</span></span>',
        percent,
        text,
    )


def rows_link(table: str, number: int, query: Mapping[str, str | int]) -> SafeString:
    """Return a number that leads to the rows that it counts."""
    url = f"{reverse(f'admin:corpus_{table}_changelist')}?{urlencode(query)}"
    return format_html('<a class="t-count" href="{}">{}</a>', url, f"{number:,}")
