"""What moderators do to many contributions at once: approve and reject."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from corpus.admin.base import note, person, say
from corpus.admin.bulk import ask, is_across, is_confirmed
from predictor.admin.verdicts import RejectionForm
from predictor.contributions import contributing
from predictor.contributions.contributing import ContributionError
from predictor.models import Contribution

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    _Base = ModelAdmin[Contribution]
else:
    _Base = object

AT_ONCE = 500  # contributions that one bulk action decides on
NAMED = 3  # refusals of a bulk action that are told


class ContributionActions(_Base):
    """The actions of the list of contributions. Each needs the permission to change them."""

    actions = ["approve", "reject"]

    @admin.action(permissions=["change"], description=gettext_lazy("Approve"))
    def approve(self, request: HttpRequest, rows: QuerySet[Contribution]) -> HttpResponse | None:
        if is_across(request) and not is_confirmed(request):
            return ask(
                request,
                rows,
                _("Approve"),
                lead=_lead(rows.filter(state=Contribution.State.WAITING), _("become posts of the corpus")),
            )
        chosen = (
            rows.filter(state__in=Contribution.OPEN)
            .exclude(state=Contribution.State.APPROVED, held=[])
            .order_by("created")[:AT_ONCE]
        )
        passed, refused = contributing.approve_all(chosen, person(request))
        _report(request, passed, _("approved"), refused)
        return None

    @admin.action(permissions=["change"], description=gettext_lazy("Reject …"))
    def reject(self, request: HttpRequest, rows: QuerySet[Contribution]) -> HttpResponse | None:
        form = RejectionForm(request.POST if is_confirmed(request) else None)
        if not form.is_valid():
            lead = _lead(
                rows.filter(state__in=Contribution.OPEN),
                _("are rejected; their photos are deleted, also where they are posts already"),
            )
            return ask(request, rows, _("Reject"), form=form, lead=lead)
        done, refused = list[Contribution](), list[str]()
        for row in rows.filter(state__in=Contribution.OPEN).order_by("created")[:AT_ONCE]:
            try:
                done.append(contributing.reject(row, person(request), form.cleaned_data["why"]))
            except ContributionError as error:
                refused.append(str(error))
        _report(request, done, _("rejected"), refused)
        return None


def _lead(rows: QuerySet[Contribution], what: str) -> str:
    number = min(rows.count(), AT_ONCE)
    sentence = ngettext("%(n)s contribution: %(what)s.", "%(n)s contributions: %(what)s.", number)
    return sentence % {"n": f"{number:,}", "what": what}


def _report(request: HttpRequest, done: Iterable[Contribution], what: str, refused: list[str]) -> None:
    rows = list(done)
    for row in rows:
        note(request, row, f"{what}.".capitalize())
    if rows or not refused:
        sentence = ngettext("%(n)d contribution %(what)s.", "%(n)d contributions %(what)s.", len(rows))
        say(request, sentence % {"n": len(rows), "what": what})
    for sentence in list(dict.fromkeys(refused))[:NAMED]:
        messages.error(request, sentence)
