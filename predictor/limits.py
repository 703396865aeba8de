"""What a request may ask for: the size of its body, uploads a minute, free disk, and the length of the queue."""

import errno
import ipaddress
import shutil
from collections.abc import Callable, Collection

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from predictor import problems
from predictor.models import Upload

FORM_OVERHEAD = 64 * 1024  # bytes of a multipart body that are not the photo
DRAINED = 64 * 1024 * 1024  # bytes of a refused body that are still read, so that a browser gets to see the answer
_limiter = MovingWindowRateLimiter(MemoryStorage())


class Refusal(Exception):
    """A request that is not served now: an HTTP status, a sentence for a person, and when to come back (seconds)."""

    def __init__(self, status: int, sentence: str, retry_after: int | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.retry_after = status, sentence, retry_after

    def response(self, request: HttpRequest) -> HttpResponse:
        if problems.for_program(request):
            return problems.problem(self.status, self.sentence, self.retry_after)
        answer = render(request, "refused.html", {"sentence": self.sentence, "status": self.status}, status=self.status)
        if self.retry_after:
            answer["Retry-After"] = str(self.retry_after)
        return answer


def too_large() -> Refusal:
    return Refusal(
        413, _("The file is larger than 20 MB. Please send a smaller photo, for example a screenshot of it.")
    )


def disk_full() -> Refusal:
    return Refusal(507, _("The site has no room for more photos right now. Please try again later."), retry_after=600)


class BodySizeMiddleware:
    """Refuse a body that says it is too large before a byte of it is parsed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "Transfer-Encoding" in request.headers and "CONTENT_LENGTH" not in request.META:
            return Refusal(411, _("The request did not say how long it is. Please send it again.")).response(request)
        length = _content_length(request)
        if length <= settings.MAX_UPLOAD_BYTES + FORM_OVERHEAD:
            return self.get_response(request)
        if length <= DRAINED:
            while request.read(1024 * 1024):
                pass
        return too_large().response(request)


class RefusalMiddleware:
    """Answer for a view that refuses a request, and for one that finds the disk full."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return disk_full().response(request)
        return error.response(request) if isinstance(error, Refusal) else None


class PhotoUploadHandler(TemporaryFileUploadHandler):
    """Write the photo beside its later place, and stop at the first byte too many or when the disk is full."""

    received = 0

    def new_file(self, *args: object, **kwargs: object) -> None:
        try:
            super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        except OSError as error:
            self._stop(disk_full() if error.errno == errno.ENOSPC else None, error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        if self.received > settings.MAX_UPLOAD_BYTES:
            self._stop(too_large())
        try:
            return super().receive_data_chunk(raw_data, start)
        except OSError as error:
            self._stop(disk_full() if error.errno == errno.ENOSPC else None, error)
            raise

    def _stop(self, refusal: Refusal | None, error: OSError | None = None) -> None:
        """Leave the refusal on the request, where `check_received` finds it, and read no further."""
        if refusal is None:
            raise error or StopUpload(connection_reset=True)
        if self.request is not None:
            self.request.META["tag4pic.refusal"] = refusal
        raise StopUpload(connection_reset=False)


def check_received(request: HttpRequest) -> None:
    """Raise the Refusal that the upload handler left while the form was read, if any."""
    if refusal := request.META.get("tag4pic.refusal"):
        raise refusal


def check_allowed(request: HttpRequest, user: User | None = None) -> None:
    """Raise Refusal where this address or account, the disk or the queue cannot take another upload."""
    check_photo(_whom(request, user))


def check_photo(whom: Collection[str]) -> None:
    """Raise Refusal where one of those who are counted, the disk or the queue cannot take another upload."""
    if _too_often("upload", whom):
        sentence = _("That were more than %(n)d photos in a minute. Please wait a minute and go on.")
        raise Refusal(429, sentence % {"n": settings.UPLOADS_PER_MINUTE}, retry_after=60)
    check_room()
    if Upload.objects.waiting().count() > settings.WAITING_LIMIT:
        raise Refusal(503, _("Many photos are waiting already. Please try again in a minute."), retry_after=60)


def check_contributing(request: HttpRequest, user: User | None = None) -> None:
    """Raise Refusal where this address or account contributes too fast, or the disk is full."""
    check_contribution(_whom(request, user))


def check_contribution(whom: Collection[str]) -> None:
    """Raise Refusal where one of those who are counted contributes too fast, or the disk is full."""
    if _too_often("contribution", whom):
        sentence = _("That were more than %(n)d contributions in a minute. Please wait a minute and go on.")
        raise Refusal(429, sentence % {"n": settings.UPLOADS_PER_MINUTE}, retry_after=60)
    check_room()


def check_room() -> None:
    """Raise Refusal where the disk is nearly full."""
    if shutil.disk_usage(settings.MEDIA_ROOT).free < settings.MIN_FREE_MB * 1024 * 1024:
        raise disk_full()


def check_pace(request: HttpRequest, what: str) -> None:
    """Raise Refusal where an address does one thing, such as trying passwords, too often in a minute."""
    limit = settings.UPLOADS_PER_MINUTE
    if limit and not _limiter.hit(RateLimitItemPerMinute(limit), what, address_of(request)):
        raise Refusal(429, _("That was too often for one minute. Please wait a minute and go on."), retry_after=60)


def address_of(request: HttpRequest) -> str:
    """Return whom a limit counts: an IPv4 address, or the /64 network of an IPv6 one, seen past trusted proxies."""
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    hops = settings.TRUSTED_PROXIES
    text = forwarded[-hops] if hops and len(forwarded) >= hops else request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))


def _whom(request: HttpRequest, user: User | None) -> list[str]:
    """Return who is counted: the address, and the account of a program."""
    return [address_of(request)] + ([f"account {user.pk}"] if user else [])


def _too_often(deed: str, whom: Collection[str]) -> bool:
    """Count a deed for everybody named; return whether that is more than allowed."""
    limit = settings.UPLOADS_PER_MINUTE
    return bool(limit) and not all(_limiter.hit(RateLimitItemPerMinute(limit), deed, one) for one in whom)


def client_of(request: HttpRequest) -> str | None:
    """Return the address that a log-in is counted by: of an IPv6 one that of its /64 network; None where unknown."""
    address = address_of(request).partition("/")[0]
    return None if address == "unknown" else address


def _content_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
