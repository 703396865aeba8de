"""What every admin page is built on: the theme's classes with types, read-only tables, and small ways to answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import messages
from django.contrib.admin import ShowFacets, site
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from import_export.admin import ExportMixin
from unfold.contrib.import_export.forms import ExportForm

from corpus import curation
from corpus.exports import FORMATS

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.contrib.admin.views.main import ChangeList

    _Admin = ModelAdmin[Any]
else:  # the theme has no types of its own
    _Admin = object
    from unfold.admin import ModelAdmin
    from unfold.views import ChangeList

__all__ = [
    "CorpusAdmin",
    "CuratedAdmin",
    "ExportedAdmin",
    "ModelAdmin",
    "ReadOnlyAdmin",
    "SteadyMixin",
    "go_back",
    "ids",
    "next_page",
    "note",
    "page",
    "person",
    "say",
    "words",
]
Row = TypeVar("Row", bound=Model)
LONGEST_ID = 19  # digits; databases take no longer numbers
WORDS = 8  # of a search that count


class CountedOnce(ChangeList):
    """A list whose rows are counted once; what matches is all there is where no filter is set.

    Years that no calendar has, and numbers and NUL that no database takes, are refused like other filters that make no
    sense.
    """

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        if any("\0" in text for _name, texts in request.GET.lists() for text in texts):
            raise IncorrectLookupParameters
        try:
            super().__init__(request, *args, **kwargs)
        except (OverflowError, ValueError) as error:
            raise IncorrectLookupParameters from error

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count


class SteadyMixin(_Admin):
    """Takes ids, filters and searches that make no sense for none; every admin page of a table has it."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CountedOnce

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        try:
            return super().get_object(request, object_id, from_field)
        except OverflowError:  # the database takes no number that large
            return None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, " ".join(words(search_term)))

    def ids(self, texts: Iterable[str]) -> Sequence[object]:
        """Return those of some texts that can be ids of rows of this table."""
        return ids(texts)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any) -> HttpResponse | None:
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if len(self.ids(ticked)) < len(ticked):
            messages.error(request, _("Tick rows of the list, and choose the action again."))
            return None
        return super().response_action(request, queryset, *args)


class CorpusAdmin(SteadyMixin, ModelAdmin[Row]):
    """A table whose rows are counted once, however many there are."""

    list_per_page = 50
    show_facets = ShowFacets.NEVER  # each would be counted anew
    show_full_result_count = False


class ExportedAdmin(ExportMixin, CorpusAdmin[Row]):  # type: ignore[misc]
    """Rows that leave as CSV or JSON."""

    formats = FORMATS
    export_form_class = ExportForm

    def get_data_for_export(self, *args: Any, **kwargs: Any) -> Any:
        """Keep numbers, days and lists what they are; JSON knows them."""
        return super().get_data_for_export(*args, **{**kwargs, "force_native_type": True})

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Export what the filter shows; one that makes no sense leads to the list, as it does there."""
        try:
            answer: HttpResponse = super().export_action(request)
        except (IncorrectLookupParameters, OverflowError):
            return HttpResponseRedirect(reverse(f"admin:corpus_{self.opts.model_name}_changelist"))
        return answer


class CuratedAdmin(ExportedAdmin[Row]):
    """Rows that are decided over by actions alone, so that each change is logged and can be undone.

    Nobody deletes them: nothing would put them back, and an import would bring them in again.
    """

    list_before_template = "admin/corpus/parts/undo.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        last = curation.last_change() if request.method == "GET" else None
        return super().changelist_view(request, {**(extra_context or {}), "last_change": last})


class ReadOnlyAdmin(CorpusAdmin[Row]):
    """Rows that the site writes by itself: people look, but neither edit nor delete."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


def person(request: HttpRequest) -> User:
    """Return who is logged in; the admin lets nobody else come this far."""
    assert isinstance(request.user, User)
    return request.user


def page(request: HttpRequest, template: str, title: object, **context: Any) -> HttpResponse:
    """Render a page of the admin that is no list and no form of Django's own."""
    return render(request, template, {**site.each_context(request), "title": title, **context})


def ids(texts: Iterable[str]) -> list[int]:
    """Return those of some texts that can be ids of rows."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < LONGEST_ID]


def words(search: str) -> list[str]:
    """Return the words of a search that count: each is one more condition, and a query takes only so many."""
    return search.split()[:WORDS]


def note(request: HttpRequest, row: Model, sentence: object) -> None:
    """Write what somebody did to a row into its history."""
    kind = ContentType.objects.get_for_model(row)
    LogEntry.objects.create(
        user=person(request),
        content_type=kind,
        object_id=str(row.pk),
        object_repr=str(row)[:200],
        action_flag=CHANGE,
        change_message=str(sentence),
    )


def say(request: HttpRequest, sentence: object) -> None:
    messages.success(request, str(sentence))


def next_page(request: HttpRequest) -> str:
    """Return the page that the form named as `next`, if it is one of ours; nothing else ever becomes a link."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours else ""


def go_back(request: HttpRequest, default: str, *args: object) -> HttpResponseRedirect:
    return HttpResponseRedirect(next_page(request) or reverse(f"admin:{default}", args=args))
