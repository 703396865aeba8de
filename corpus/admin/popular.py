"""Popular hashtags: how well the corpus covers each, lists that come in as CSV, and scrapes of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.admin import ImportExportMixin
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from corpus import popular as lists
from corpus.admin.base import CorpusAdmin, note, person, say
from corpus.admin.bulk import ask, is_confirmed
from corpus.admin.forms import PopularHashtagForm, ScrapeForm
from corpus.admin.marks import bar
from corpus.exports import FORMATS, ListCSV, PopularHashtagResource
from corpus.models import Hashtag, PopularHashtag
from corpus.queue import enqueue_scrape
from corpus.scraping import runs


@admin.register(PopularHashtag)
class PopularHashtagAdmin(ImportExportMixin, CorpusAdmin[PopularHashtag]):  # type: ignore[misc]
    list_display = ["__str__", "coverage", "wanted", "last_scraped", "listed_by", "listed_on"]
    list_per_page = 100
    search_fields = ["key"]
    actions = ["scrape"]
    resource_classes = [PopularHashtagResource]
    formats = FORMATS
    import_formats = [ListCSV]
    export_form_class = ExportForm
    import_form_class = ImportForm
    readonly_fields = ["last_scraped"]
    form = PopularHashtagForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[PopularHashtag]:
        meant = Hashtag.objects.filter(key=OuterRef("key"))
        have = meant.values(n=Coalesce("alias_of__posts_number", "posts_number"))
        return super().get_queryset(request).annotate(have=Coalesce(Subquery(have), 0))

    @admin.display(description=gettext_lazy("posts that we have"), ordering="have")
    def coverage(self, popular: PopularHashtag) -> str:
        have = int(getattr(popular, "have", 0))
        share = have / popular.wanted if popular.wanted else 1.0
        return bar(share, _("%(have)s of %(wanted)s") % {"have": f"{have:,}", "wanted": f"{popular.wanted:,}"})

    def has_scrape_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("corpus.add_scraperun")

    @admin.action(permissions=["scrape"], description=gettext_lazy("Scrape these …"))
    def scrape(self, request: HttpRequest, rows: QuerySet[PopularHashtag]) -> HttpResponse | None:
        form = ScrapeForm(request.POST if is_confirmed(request) else None)
        if not form.is_valid():
            return ask(request, rows, _("Scrape posts of these hashtags"), form=form)
        keys = list(rows.order_by("key").values_list("key", flat=True))
        try:
            _order(request, keys, form.cleaned_data)
        except runs.ScrapeError as error:
            messages.error(request, _("No scrape was ordered: %(why)s") % {"why": error})
            return None
        say(request, ngettext("%(n)d scrape was ordered.", "%(n)d scrapes were ordered.", len(keys)) % {"n": len(keys)})
        return redirect("admin:corpus_scraperun_changelist")

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take the list that was shown. Its file is gone once that is done."""
        try:
            answer: HttpResponse = super().process_import(request, **kwargs)
        except FileNotFoundError:
            messages.error(request, _("This list was taken already. Upload it again to see what it would change."))
            return redirect("admin:corpus_popularhashtag_import")
        return answer

    def add_data_read_fail_error_to_form(self, form: Form, e: Exception) -> None:
        """Say in a sentence why a file is no list; the library would name the class of the error."""
        if isinstance(e, UnicodeDecodeError):
            form.add_error("import_file", f"The list {lists.NOT_UTF_8}")
        elif isinstance(e, lists.PopularError):
            form.add_error("import_file", str(e))
        else:
            super().add_data_read_fail_error_to_form(form, e)


@transaction.atomic
def _order(request: HttpRequest, keys: list[str], told: dict[str, Any]) -> None:
    """Order a scrape of each hashtag, or of none where one cannot be ordered. The queue hears of them at the end."""
    for key in keys:
        run = runs.order(key, told["section"], told["limit"], told["account"], user=person(request))
        note(request, run, _("Ordered in the list of popular hashtags."))
        enqueue_scrape(run.pk)
