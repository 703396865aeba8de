"""Refusals of the API as application/problem+json (RFC 9457), whichever part of the site refuses."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MEDIA_TYPE = "application/problem+json"
CARRIED = ("Allow", "Retry-After")  # headers of a page's refusal that a program needs too
SENTENCES: dict[int, Promise] = {
    400: _("The request cannot be read. Compare it with the examples in the documentation."),
    403: _("This is not allowed."),
    404: _("There is nothing here for you: the address is wrong, it was deleted, or it belongs to somebody else."),
    405: _("This address does not take that method."),
    413: _("The request is larger than the site takes."),
    500: _("Something went wrong on the site, and was noted. Please try again later."),
    503: _("The site cannot answer right now. Please try again later."),
}
OTHER = _("The request was refused.")


def of_api(request: HttpRequest) -> bool:
    """Whether a request is one of the API, and not of a page."""
    return request.path_info.startswith("/api/")


def problem(status: int, detail: str, retry_after: int | None = None, **more: Any) -> HttpResponse:
    """Return a refusal with a sentence; `more` holds members of the problem beyond those of every one."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    answer["Cache-Control"] = "no-store"
    if retry_after:
        answer["Retry-After"] = str(retry_after)
    return answer


def for_program(request: HttpRequest) -> bool:
    """Whether whoever sent a request wants data and not a page: a program, or a script of one of our pages."""
    return of_api(request) or not request.accepts("text/html")


class ProblemMiddleware:
    """Turns refusals that were made for people into problems, where a program had asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        is_data = answer.get("Content-Type") in (MEDIA_TYPE, "application/json")
        if answer.status_code < 400 or not for_program(request) or is_data:
            return answer
        made = problem(answer.status_code, str(SENTENCES.get(answer.status_code, OTHER)))
        for name in CARRIED:
            if name in answer:
                made[name] = answer[name]
        return made
