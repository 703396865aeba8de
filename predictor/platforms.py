"""Where hashtags are posted: how many each platform takes, as data."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform. A limit changes now and then: the note says since when it is known."""

    id: str
    name: str
    limit: int | None  # hashtags that a post may carry; None where none is known
    proposed: int  # hashtags that a set for it holds
    note: str | Promise  # a sentence


PLATFORMS = (
    Platform("instagram", "Instagram", 5, 5, _("Instagram takes 5 hashtags since December 2025; it took 30 before.")),
    Platform("tiktok", "TikTok", 5, 5, _("TikTok takes 5 hashtags, as was widely reported in August 2025.")),
    Platform("threads", "Threads", 1, 1, _("Threads takes one topic on a post (2025).")),
    Platform("pinterest", "Pinterest", 20, 5, _("Pinterest takes 20 hashtags (2025); a few that fit are usual.")),
    Platform("linkedin", "LinkedIn", None, 3, _("LinkedIn names no limit (2025); about 3 are usual.")),
    Platform("x", "X", None, 2, _("X names no limit but its letters (2025); 1 or 2 are usual.")),
)
BY_ID = {platform.id: platform for platform in PLATFORMS}
DEFAULT = PLATFORMS[0]


def get(id: str) -> Platform:
    """Return a platform; the default one for an id that is none."""
    return BY_ID.get(id, DEFAULT)
