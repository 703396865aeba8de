"""A moderator's verdict on one contribution, taken from its page; the next one that waits is shown after it."""

import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextInputWidget

from corpus.admin.base import go_back, note, person, say
from predictor.contributions import contributed_tags, contributing
from predictor.contributions.contributing import ContributionError
from predictor.models import Contribution


class RejectionForm(forms.Form):
    """Why a contribution is turned down; its giver reads it."""

    REASONS = (
        gettext_lazy("Its hashtags do not fit the photo."),
        gettext_lazy("The photo shows something that does not belong here."),
        gettext_lazy("This is advertising."),
        gettext_lazy("The photo is somebody else's."),
    )

    why = forms.CharField(
        max_length=300,
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("In a sentence that its giver reads."),
        initial=REASONS[0],
        widget=UnfoldAdminTextInputWidget(),
    )


@require_POST
def decide(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Take a verdict on one contribution, and show the next one that waits."""
    if not request.user.has_perm("predictor.change_contribution"):
        raise PermissionDenied
    row = get_object_or_404(Contribution, pk=id)
    try:
        sentence = _verdict(request, row)
    except ContributionError as error:
        messages.error(request, str(error))
        return go_back(request, "predictor_contribution_change", row.pk)
    if sentence:
        say(request, sentence)
        note(request, row, sentence)
    later = Contribution.objects.waiting().exclude(pk=row.pk).order_by("created")
    after = later.filter(created__gt=row.created).first() or later.first()
    if after is None:
        return redirect("admin:predictor_contribution_changelist")
    return redirect("admin:predictor_contribution_change", after.pk)


def _verdict(request: HttpRequest, row: Contribution) -> str:
    """Carry a verdict out and say what was done; nothing where it was put off. Raises ContributionError."""
    verdict = request.POST.get("verdict", "")
    if verdict == "approve":
        wanted = [*request.POST.getlist("tag"), *contributed_tags.words(request.POST.get("typed", ""))]
        if row.state == Contribution.State.WAITING and wanted != row.tags:
            row = contributing.correct(row, wanted)
        row = contributing.approve(row, person(request))
        return _("Approved with %(tags)s.") % {"tags": row}
    if verdict == "reject":
        form = RejectionForm(request.POST)
        if not form.is_valid():
            raise ContributionError(_("Say in a sentence why it is rejected; its giver reads it."))
        contributing.reject(row, person(request), form.cleaned_data["why"])
        return _("Rejected: %(why)s") % {"why": form.cleaned_data["why"]}
    if verdict == "later":
        return ""
    raise ContributionError(_("Choose one of the verdicts."))
