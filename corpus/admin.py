"""Admin pages of the corpus."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from corpus.models import Hashtag, ImportRun, Post, Source, Tagging


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin[Source]):
    list_display = ["name", "kind", "may_be_shown", "created"]
    list_filter = ["kind", "may_be_shown"]


@admin.register(Hashtag)
class HashtagAdmin(admin.ModelAdmin[Hashtag]):
    list_display = ["key", "display", "status", "alias_of", "posts_count"]
    list_filter = ["status"]
    list_select_related = ["alias_of"]
    search_fields = ["key"]
    autocomplete_fields = ["alias_of"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hashtag]:
        return super().get_queryset(request).annotate(number=Count("taggings"))

    @admin.display(description="posts", ordering="number")
    def posts_count(self, hashtag: Hashtag) -> int:
        return int(getattr(hashtag, "number", 0))


class TaggingInline(admin.TabularInline[Tagging, Post]):
    model = Tagging
    extra = 0
    autocomplete_fields = ["hashtag"]


@admin.register(Post)
class PostAdmin(admin.ModelAdmin[Post]):
    list_display = ["id", "source", "external_id", "split", "status", "duplicate_of", "created"]
    list_filter = ["status", "split", "source"]
    list_select_related = ["source", "duplicate_of"]
    search_fields = ["external_id", "hashtags__key"]
    raw_id_fields = ["duplicate_of"]
    inlines = [TaggingInline]


@admin.register(ImportRun)
class ImportRunAdmin(admin.ModelAdmin[ImportRun]):
    list_display = ["id", "source", "started", "finished", "counts"]
    list_select_related = ["source"]
