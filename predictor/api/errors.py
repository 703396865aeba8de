"""What the API answers where an operation raises: each refusal with its status and its sentence."""

import errno
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from corpus.images import ImageRefused
from predictor import limits
from predictor.contributions.contributing import ContributionError
from predictor.problems import OTHER, SENTENCES, problem
from predictor.receiving import REFUSAL_STATUS

logger = logging.getLogger(__name__)


def install(api: NinjaAPI) -> None:
    """Let an API answer what its operations raise; anything unnamed is the site's own fault, and answered as 500."""
    handlers: dict[type[Exception], Any] = {
        Exception: _unnamed,
        AuthenticationError: _no_token,
        ContributionError: lambda request, error: problem(422, str(error)),
        Http404: _nothing_here,
        HttpError: lambda request, error: problem(error.status_code, str(SENTENCES.get(error.status_code, OTHER))),
        ImageRefused: lambda request, error: problem(
            REFUSAL_STATUS.get(error.reason, 422), error.sentence(_), reason=error.reason
        ),
        ObjectDoesNotExist: _nothing_here,
        OSError: _no_room,
        OperationalError: _no_database,
        RequestDataTooBig: lambda request, error: problem(413, str(SENTENCES[413])),
        ValidationError: _not_as_documented,
        limits.Refusal: lambda request, error: problem(error.status, error.sentence, error.retry_after),
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _unnamed(request: HttpRequest, error: Exception) -> HttpResponse:
    raise error


def _nothing_here(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(404, str(SENTENCES[404]))


def _no_token(request: HttpRequest, error: Exception) -> HttpResponse:
    sentence = _("This needs a token. Make one at %(address)s and send it as “Authorization: Bearer t4p_…”.")
    answer = problem(401, sentence % {"address": request.build_absolute_uri(reverse("tokens"))})
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def _no_room(request: HttpRequest, error: OSError) -> HttpResponse:
    if error.errno != errno.ENOSPC:
        raise error
    full = limits.disk_full()
    return problem(full.status, full.sentence, full.retry_after)


def _no_database(request: HttpRequest, error: OperationalError) -> HttpResponse:
    logger.error("The database does not answer a program: %s", error)
    return problem(503, str(SENTENCES[503]), retry_after=10)


def _not_as_documented(request: HttpRequest, error: ValidationError) -> HttpResponse:
    found = [_fault(one) for one in error.errors]
    named = "; ".join(f"{fault['where']}: {fault['detail']}" for fault in found)
    return problem(422, _("The request is not as documented: %(faults)s") % {"faults": named}, errors=found)


def _fault(one: Mapping[str, Any]) -> dict[str, str]:
    """Return where a fault is and what it is. What was sent is not repeated."""
    place: Sequence[Any] = one["loc"]
    return {"where": " ".join(str(part) for part in place), "detail": str(one["msg"])}
