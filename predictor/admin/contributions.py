"""Contributions: the moderation queue as a list with bulk actions, and a page for each with a key a verdict."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminTextInputWidget

from corpus.admin.base import CorpusAdmin, SteadyMixin, go_back, note, page, person, say
from corpus.admin.bulk import ask, is_across, is_confirmed
from corpus.admin.marks import mark
from corpus.models import Hashtag
from predictor import contributed_tags, contributing
from predictor.contributing import ContributionError
from predictor.contribution_views import photo_of
from predictor.models import Contribution

AT_ONCE = 500  # contributions that one bulk action decides on
NAMED = 3  # refusals of a bulk action that are told


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


class HeldFilter(admin.SimpleListFilter):
    title = gettext_lazy("new words")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("kept back"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contribution]) -> QuerySet[Contribution]:
        return queryset.exclude(held=[]) if self.value() == "yes" else queryset


def waiting(request: HttpRequest) -> str:
    """Return how many contributions wait for a moderator, for the sidebar."""
    return f"{Contribution.objects.waiting().count():,}"


@admin.register(Contribution)
class ContributionAdmin(CorpusAdmin[Contribution]):
    """People contribute on the pages of their photos; here it is decided on, and nothing is typed in or deleted."""

    list_display = ["photo", "said", "giver", "outcome", "created", "decided_by"]
    list_display_links = None
    list_filter = [("state", ChoicesDropdownFilter), HeldFilter, "may_be_shown"]
    list_filter_submit = True
    list_per_page = 25
    list_select_related = ["owner", "decided_by"]
    search_fields = ["owner__username"]
    search_help_text = gettext_lazy("name of an account")
    actions = ["approve", "reject"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [
            path("<uuid:id>/photo.jpg", guard(picture, cacheable=True), name="predictor_contribution_photo"),
            path("<uuid:id>/decide/", guard(decide), name="predictor_contribution_decide"),
        ]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("photo"))
    def photo(self, row: Contribution) -> SafeString:
        place = reverse("admin:predictor_contribution_change", args=[row.pk])
        if not row.image:
            return format_html('<a class="t-mini" href="{}">{}</a>', place, _("deleted"))
        source = reverse("admin:predictor_contribution_photo", args=[row.pk])
        alt = _("Photo of %(tags)s") % {"tags": row}
        html = '<a class="t-mini" href="{}"><img src="{}" width="96" height="96" loading="lazy" alt="{}"></a>'
        return format_html(html, place, source, alt)

    @admin.display(description=gettext_lazy("hashtags"))
    def said(self, row: Contribution) -> SafeString:
        parts = [("t-kept-tag", "", tag) for tag in row.kept] + [("t-added-tag", "+ ", tag) for tag in row.added]
        parts += [("t-dropped-tag", "− ", tag) for tag in row.dropped]
        return format_html_join(" ", '<span class="{}">{}#{}</span>', parts)

    @admin.display(description=gettext_lazy("person"), ordering="owner")
    def giver(self, row: Contribution) -> SafeString | str:
        if row.owner is None:
            return _("no account")
        return format_html('<a href="?q={0}">{0}</a>', row.owner.get_username())

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def outcome(self, row: Contribution) -> SafeString:
        return mark(row.state, row.get_state_display())

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any) -> HttpResponse | None:
        """Take ticked rows for what they are: ids that are no numbers."""
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if any(_id(text) is None for text in ticked):
            messages.error(request, _("Tick rows of the list, and choose the action again."))
            return None
        return super(SteadyMixin, self).response_action(request, queryset, *args)

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

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one contribution."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        return page(
            request,
            "admin/predictor/contribution/page.html",
            _("Contribution of %(who)s") % {"who": row.owner or _("somebody without an account")},
            opts=self.opts,
            original=row,
            contribution=row,
            state=mark(row.state, row.get_state_display()),
            tags=_described(row),
            left=Contribution.objects.waiting().count(),
            reasons=RejectionForm.REASONS,
            may_change=self.has_change_permission(request),
        )


@require_safe
def picture(request: HttpRequest, id: uuid.UUID) -> FileResponse:
    """The photo of a contribution, for moderators."""
    if not request.user.has_perm("predictor.view_contribution"):
        raise PermissionDenied
    return photo_of(get_object_or_404(Contribution, pk=id))


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
        return HttpResponseRedirect(reverse("admin:predictor_contribution_changelist"))
    return HttpResponseRedirect(reverse("admin:predictor_contribution_change", args=[after.pk]))


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


def _described(row: Contribution) -> list[dict[str, Any]]:
    """Return the hashtags of a contribution with what is known of each."""
    known = {hashtag.key: hashtag for hashtag in Hashtag.objects.filter(key__in=row.tags)}
    return [{"key": tag, "known": known.get(tag), "added": tag in row.added} for tag in row.tags]


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


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
