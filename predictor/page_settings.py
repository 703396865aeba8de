"""How a visitor wants to see an answer: the control, the platform, and the hashtags that they never want to see."""

import math
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from predictor import platforms
from predictor.people import muting, visitors
from predictor.platforms import Platform

PLATFORM_COOKIE = "platform"
REMEMBERED = 365 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class PageSettings:
    """What an answer is shown by."""

    specific: float = 0.0  # the control: 0 (popular) to 1 (specific)
    platform: Platform = platforms.DEFAULT
    muted: frozenset[str] = frozenset()  # keys


def of(request: HttpRequest) -> PageSettings:
    """Return what a request asks for; what makes no sense is as good as not asked for."""
    platform = request.GET.get("platform") or request.COOKIES.get(PLATFORM_COOKIE, "")
    muted = frozenset(muting.muted(visitors.of(request)))
    return PageSettings(_specific(request.GET.get("specific", "")), platforms.get(platform), muted)


def remember(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Let an answer remember the platform that its request chose."""
    chosen = request.GET.get("platform", "")
    if chosen in platforms.BY_ID:
        answer.set_cookie(
            PLATFORM_COOKIE, chosen, max_age=REMEMBERED, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    return answer


def _specific(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) and 0 <= number <= 1 else 0.0
