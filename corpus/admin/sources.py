"""Sources: what each brought in, and whether its pictures may be shown to visitors."""

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter

from corpus.admin.base import CorpusAdmin
from corpus.admin.marks import rows_link
from corpus.models import Post, Source
from corpus.models.posts import WAITING


@admin.register(Source)
class SourceAdmin(CorpusAdmin[Source]):
    list_display = ["name", "kind", "may_be_shown", "all_posts", "photos", "waiting", "created"]
    list_filter = [("kind", ChoicesDropdownFilter), ("may_be_shown", BooleanRadioFilter)]
    list_filter_submit = True
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return super().get_queryset(request).order_by("name")

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> list[str]:
        return ["kind", "created"] if obj else ["created"]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_changelist_instance(self, request: HttpRequest) -> "admin.views.main.ChangeList":  # type: ignore[name-defined]
        """Count the posts of all sources in one query, instead of one for each column."""
        changes = super().get_changelist_instance(request)
        counted = (
            Post.objects.order_by()
            .values("source")
            .annotate(number=Count("pk"), photos=Count("pk", filter=~Q(image="")), waiting=Count("pk", filter=WAITING))
        )
        counts = {row["source"]: row for row in counted}
        for source in changes.result_list:
            source.counts = counts.get(source.pk, {})
        return changes

    @admin.display(description=_("posts"))
    def all_posts(self, source: Source) -> str:
        return _count(source, "number", {})

    @admin.display(description=_("with a photo"))
    def photos(self, source: Source) -> str:
        return _count(source, "photos", {"photo": "with"})

    @admin.display(description=_("wait for a decision"))
    def waiting(self, source: Source) -> str:
        return _count(source, "waiting", {"status__exact": Post.Status.PENDING})


def _count(source: Source, name: str, query: dict[str, str | int]) -> str:
    number = getattr(source, "counts", {}).get(name, 0)
    return rows_link("post", number, {"source__id__exact": source.pk, **query})
