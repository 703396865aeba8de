"""Popular hashtags: how well the corpus covers each, lists that come in as CSV, and scrapes of them."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.admin import ImportExportMixin
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from corpus.admin.base import CorpusAdmin, note, person, say
from corpus.admin.bulk import ask, is_confirmed
from corpus.admin.forms import PopularHashtagForm, ScrapeForm
from corpus.admin.marks import bar
from corpus.exports import FORMATS, PopularHashtagResource
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
        told, keys = form.cleaned_data, list(rows.order_by("key").values_list("key", flat=True))
        try:
            for key in keys:
                run = runs.order(key, told["section"], told["limit"], told["account"], user=person(request))
                note(request, run, _("Ordered in the list of popular hashtags."))
                enqueue_scrape(run.pk)
        except runs.ScrapeError as error:
            messages.error(request, str(error))
            return None
        say(
            request,
            ngettext("%(n)d scrape is under way.", "%(n)d scrapes are under way.", len(keys)) % {"n": len(keys)},
        )
        return redirect("admin:corpus_scraperun_changelist")
