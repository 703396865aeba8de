"""Popular hashtags: how well the corpus covers each, lists that come in as CSV, and scrapes of them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from import_export.admin import ImportExportMixin
from import_export.tmp_storages import TempFolderStorage
from unfold.contrib.import_export.forms import ImportForm

from corpus import popular as lists
from corpus.admin.base import ExportedAdmin, note, person, say
from corpus.admin.bulk import ask, is_confirmed
from corpus.admin.forms import PopularHashtagForm, ScrapeForm
from corpus.admin.marks import bar
from corpus.exports import IN_PARTS, ListCSV, PopularHashtagResource
from corpus.models import Hashtag, PopularHashtag
from corpus.queue import enqueue_scrape
from corpus.scraping import runs

SHOWN = "popular_list"  # in the session: the file of the list that this person was shown, and may take
ONLY_FORMAT = "0"
MOST_BYTES = 1024 * 1024


class Incoming(TempFolderStorage):  # type: ignore[misc]
    """Where a list waits until it is taken: among the uploads, whose leftovers the sweeper deletes."""

    def get_full_path(self) -> str:
        return str(Path(settings.FILE_UPLOAD_TEMP_DIR) / self.name)

    def save(self, data: bytes) -> None:
        self.name = f"{uuid4().hex}.csv"
        Path(self.get_full_path()).write_bytes(data)


class ListForm(ImportForm):  # type: ignore[misc]
    """A list that comes in, of a size that a page can show."""

    def clean_import_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["import_file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(_("The list is larger than 1 MB. %(advice)s") % {"advice": IN_PARTS})
        return file


@admin.register(PopularHashtag)
class PopularHashtagAdmin(ImportExportMixin, ExportedAdmin[PopularHashtag]):  # type: ignore[misc]
    list_display = ["__str__", "coverage", "wanted", "last_scraped", "listed_by", "listed_on"]
    list_per_page = 100
    search_fields = ["key"]
    actions = ["scrape"]
    resource_classes = [PopularHashtagResource]
    import_formats = [ListCSV]
    import_form_class = ListForm
    tmp_storage_class = Incoming
    readonly_fields = ["last_scraped"]
    form = PopularHashtagForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[PopularHashtag]:
        meant = Hashtag.objects.filter(key=OuterRef("key"))
        have = meant.values(n=Coalesce("alias_of__posts_number", "posts_number"))
        listed: QuerySet[PopularHashtag] = super().get_queryset(request)
        return listed.annotate(have=Coalesce(Subquery(have), 0))

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
            return ask(request, rows, _("Scrape posts of these hashtags"), form=form, lead=_lead(rows.count()))
        keys = list(rows.order_by("key").values_list("key", flat=True))
        try:
            _order(request, keys, form.cleaned_data)
        except runs.ScrapeError as error:
            messages.error(request, _("No scrape was ordered: %(why)s") % {"why": error})
            return None
        say(request, ngettext("%(n)d scrape was ordered.", "%(n)d scrapes were ordered.", len(keys)) % {"n": len(keys)})
        return redirect("admin:corpus_scraperun_changelist")

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Form | None) -> dict[str, Any]:
        """Show a list that can be taken, and remember which one: no other file is taken, or deleted."""
        told: dict[str, Any] = super().get_confirm_form_initial(request, import_form)
        if import_form is not None:
            request.session[SHOWN] = told["import_file_name"]
        return told

    def get_resource_index(self, form: Form) -> int:
        return 0  # there is one, whatever the form says

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take the list that this person was shown, once. Its file is gone when that is done."""
        shown = request.session.get(SHOWN)
        if shown and request.POST.get("import_file_name") == shown and request.POST.get("format") == ONLY_FORMAT:
            del request.session[SHOWN]
            with suppress(FileNotFoundError):  # the same list is taken at this moment, or its time is over
                return super().process_import(request, **kwargs)  # type: ignore[no-any-return]
        messages.error(request, _("There is no such list any more. Upload it again to see what it would change."))
        return redirect("admin:corpus_popularhashtag_import")

    def add_data_read_fail_error_to_form(self, form: Form, e: Exception) -> None:
        """Say in a sentence why a file is no list; the library would name the class of the error."""
        if isinstance(e, UnicodeDecodeError):
            form.add_error("import_file", f"The list {lists.NOT_UTF_8}")
        elif isinstance(e, lists.PopularError):
            form.add_error("import_file", str(e))
        else:
            super().add_data_read_fail_error_to_form(form, e)


def _lead(number: int) -> str:
    orders = ngettext("This orders %(n)d scrape.", "This orders %(n)d scrapes.", number) % {"n": number}
    return orders + " " + _("A scrape can be paused and cancelled; the posts that it brings in stay.")


@transaction.atomic
def _order(request: HttpRequest, keys: list[str], told: dict[str, Any]) -> None:
    """Order a scrape of each hashtag, or of none where one cannot be ordered. The queue hears of them at the end."""
    for key in keys:
        run = runs.order(key, told["section"], told["limit"], told["account"], user=person(request))
        note(request, run, _("Ordered in the list of popular hashtags."))
        enqueue_scrape(run.pk)
