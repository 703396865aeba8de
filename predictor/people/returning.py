"""Where a form leads to: back to the page that it was sent from, or to one of its own."""

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def next_page(request: HttpRequest) -> str:
    """Return the page that a form or an address names as `next`, if it is one of this site; else nothing."""
    target = request.POST.get("next", request.GET.get("next", ""))
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours else ""


def go_back(request: HttpRequest, default: str) -> HttpResponseRedirect:
    """Answer with the way to the page that is named as `next`, else to the view `default`."""
    return HttpResponseRedirect(next_page(request) or reverse(default))
