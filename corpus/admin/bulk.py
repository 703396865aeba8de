"""Bulk actions as every list offers them: a form or a confirmation where one is due, one change, one sentence."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from corpus import curation
from corpus.admin.base import go_back, next_page, page, say
from corpus.models import BulkChange

CONFIRMED = "confirmed"  # the field that the form of a bulk action sends along


def is_confirmed(request: HttpRequest) -> bool:
    return CONFIRMED in request.POST


def is_across(request: HttpRequest) -> bool:
    """Whether the action is meant for all rows that the filter shows, and not for the ticked ones alone."""
    return request.POST.get("select_across") == "1"


def ask(
    request: HttpRequest,
    rows: QuerySet[Any],
    title: str,
    sentence: str = "",
    form: Form | None = None,
    lead: str = "",
    **context: Any,
) -> HttpResponse:
    """Show what an action is about to do to how many rows. The form comes back to the same action.

    `lead` says so in its own words where the action is no change that can be undone.
    """
    return page(
        request,
        "admin/corpus/bulk.html",
        title,
        sentence=sentence,
        form=form,
        lead=lead,
        number=rows.count(),
        opts=rows.model._meta,
        action=request.POST.get("action", ""),
        across=is_across(request),
        selected=request.POST.getlist(ACTION_CHECKBOX_NAME),
        next=next_page(request),
        **context,
    )


def perform(request: HttpRequest, make: Callable[[], BulkChange]) -> HttpResponse | None:
    """Make a change and say what it was; it refuses in a sentence. Where the page came from a link, go back there."""
    try:
        change = make()
    except curation.CurationError as error:
        messages.error(request, str(error))
    else:
        report(request, change)
    return go_back(request, "index") if request.POST.get("next") else None


def report(request: HttpRequest, change: BulkChange) -> None:
    """Say what a change did. One that changed nothing is not kept: there is nothing to undo."""
    if change.rows:
        say(request, f"{change.what}.")
        return
    change.delete()
    messages.info(request, _("Nothing had to be changed."))


def settle(
    request: HttpRequest, rows: QuerySet[Any], title: str, make: Callable[[], BulkChange]
) -> HttpResponse | None:
    """Make a change that needs no form: at once for ticked rows, after a confirmation for all that match."""
    if is_across(request) and not is_confirmed(request):
        return ask(request, rows, title)
    return perform(request, make)
