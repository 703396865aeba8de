"""What may stop a scrape: each trouble has a code, a sentence for the operator, and what follows from it."""

from datetime import timedelta
from typing import Any, ClassVar

from requests import RequestException, Response
from requests.exceptions import JSONDecodeError

LONGEST_PAUSE = timedelta(hours=24)
IMPORT = "import the session with manage.py import_session NAME"


class Stop(Exception):
    """Ends the reading of a run, for now or for good."""


class Paused(Stop):
    """Somebody wants a pause."""


class Cancelled(Stop):
    """Somebody wants an end."""


class TakenOver(Stop):
    """Another worker has the run."""


class Trouble(Stop):
    """Something is in the way. `pause` says for how long, where waiting helps."""

    reason: ClassVar[str]
    sentence: ClassVar[str]
    first_pause: ClassVar[timedelta | None] = None  # doubled with every attempt; None where waiting does not help
    whole_account: ClassVar[bool] = False  # every run of the account would meet it
    is_counted: ClassVar[bool] = True  # a wait for it is one of those after which a run gives up

    def __init__(self, detail: str = "", pause: timedelta | None = None) -> None:
        super().__init__(f"{self.sentence} ({detail})" if detail else self.sentence)
        self.detail = detail
        self._asked = min(pause, LONGEST_PAUSE) if pause is not None else timedelta()

    def pause(self, attempts: int) -> timedelta | None:
        """Return how long to wait after so many waits in a row; None where waiting does not help."""
        return None if self.first_pause is None else max(self.first_pause * 2**attempts, self._asked)


class RateLimited(Trouble):
    reason, sentence = "rate_limited", "Instagram asks to wait before more is read."
    first_pause, whole_account = timedelta(minutes=15), True


class Pacing(Trouble):
    """Instaloader itself wants a rest longer than a worker should sleep. That is no failure, however often it comes."""

    reason, sentence = "pacing", "Many pages were read in a short time, so a rest is due before the next."
    first_pause, whole_account, is_counted = timedelta(seconds=1), True, False

    def pause(self, attempts: int) -> timedelta:
        return self._asked


class Circling(Pacing):
    """Top posts are read anew after a rest, and this time came no further than before."""

    sentence = "Its top posts are too many pages for one go: order fewer of them."
    whole_account, is_counted = False, True


class Unreachable(Trouble):
    reason, sentence, first_pause = "unreachable", "Instagram cannot be reached.", timedelta(minutes=1)


class NotStored(Trouble):
    reason, sentence, first_pause = "not_stored", "What was read cannot be stored.", timedelta(minutes=1)


class LoginRequired(Trouble):
    reason, whole_account = "login_required", True
    sentence = f"Instagram wants a login: log in with instaloader --login NAME, {IMPORT}, and resume the run."


class FeedbackRequired(Trouble):
    reason, whole_account = "feedback_required", True
    sentence = (
        "Instagram has blocked what this account does for a time (feedback_required): leave the account alone for some "
        "days, see in Instagram's app that it works again, and resume the run."
    )


class CheckpointRequired(Trouble):
    reason, whole_account = "checkpoint_required", True
    sentence = (
        "Instagram wants this account's owner to confirm something (checkpoint_required): open Instagram with it in a "
        f"browser, do what it asks for, log in with instaloader anew, {IMPORT}, and resume the run."
    )


class NoSession(Trouble):
    reason, sentence, whole_account = "no_session", "The account has no session here.", True


class NotFound(Trouble):
    reason, sentence = "not_found", "Instagram knows no such hashtag, or shows no posts of it."


class ChangedFormat(Trouble):
    reason = "changed_format"
    sentence = (
        "Instagram answered in a form that this version does not know. What was read before stays; look for a newer "
        "version of tag4pic or Instaloader, and resume the run."
    )


def in_answer(response: Response) -> Trouble | None:
    """Return the trouble that an answer of Instagram tells of, or None."""
    if response.is_redirect:
        return _in_redirect(response.headers["location"])
    body = _json(response)
    message = str(body.get("message", ""))[:200]
    status = response.status_code
    detail = f"{status} {message}".strip()
    if message == "feedback_required":
        return FeedbackRequired(detail)
    if message in ("checkpoint_required", "challenge_required") or "checkpoint_url" in body:
        return CheckpointRequired(detail)
    if status == 429 or (status != 200 or body.get("status") == "fail") and "wait" in message.lower():
        return RateLimited(detail, _retry_after(response))
    if status in (401, 403) or message == "login_required":
        return LoginRequired(detail)
    if status == 404:
        return NotFound(detail)
    if status >= 500:
        return Unreachable(detail)
    return None


def in_error(error: Exception) -> Trouble:
    """Return the trouble behind an error that came out of Instaloader, which hides its cause in a chain."""
    cause = error.__cause__ or error
    detail = type(cause).__name__
    if isinstance(cause, RequestException) and not isinstance(cause, JSONDecodeError):
        return Unreachable(detail)
    return ChangedFormat(detail)


def _in_redirect(target: str) -> Trouble | None:
    if "/accounts/login" in target:
        return LoginRequired("sent to the login page")
    if any(word in target for word in ("/challenge", "/checkpoint", "/accounts/suspended")):
        return CheckpointRequired("sent to a page for its owner")
    return None


def _json(response: Response) -> dict[str, Any]:
    try:
        found = response.json()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _retry_after(response: Response) -> timedelta | None:
    seconds = response.headers.get("Retry-After", "")
    return timedelta(seconds=int(seconds[:6])) if seconds.isascii() and seconds.isdigit() else None
