"""Filters of the list of posts; each is one condition on the post itself or one subquery, never a join."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter, RangeDateFilter

from corpus import hashtags
from corpus.admin.base import ids
from corpus.models import Hashtag, Post, Tagging

if TYPE_CHECKING:
    from django.contrib.admin import FieldListFilter as _Field
    from django.contrib.admin import SimpleListFilter as _Simple
else:
    _Field, _Simple = object, object


class ChosenFilter(AutocompleteSelectFilter, _Field):  # type: ignore[misc]
    """Posts that belong to one row of another table. What is no id is refused: the field could not show it."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post] | None:
        if not self.value():
            return queryset
        if not ids([self.value()]):
            raise IncorrectLookupParameters
        return self.belonging(request, queryset)

    def belonging(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post] | None:
        return super().queryset(request, queryset)


class HashtagFilter(ChosenFilter):
    """Posts that carry a hashtag or one of its aliases."""

    def belonging(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        return queryset & Post.objects.tagged(int(self.value()))


class DuplicateFilter(DropdownFilter, _Simple):  # type: ignore[misc]
    title = _("duplicates")
    parameter_name = "duplicates"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("none", _("Looks like no other post")),
            ("has", _("Has duplicates or lookalikes")),
            ("aside", _("Set aside as a duplicate")),
            ("apart", _("Looks like another, kept apart")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        roots = Post.objects.exclude(looks_like=None).values("looks_like")
        kept = Post.objects.set_aside().values("duplicate_of")
        meant = {
            "none": Post.objects.filter(looks_like=None, duplicate_of=None),
            "has": Post.objects.filter(Q(pk__in=roots) | Q(pk__in=kept)),
            "aside": Post.objects.set_aside(),
            "apart": Post.objects.kept_apart(),
        }
        shown = meant.get(self.value() or "")
        return queryset if shown is None else queryset & shown


class PhotoFilter(DropdownFilter, _Simple):  # type: ignore[misc]
    title = _("photo")
    parameter_name = "photo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("with", _("With a photo")), ("without", _("Hashtags only"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        if self.value() == "with":
            return queryset.exclude(image="")
        return queryset.filter(image="") if self.value() == "without" else queryset


class CreatedFilter(RangeDateFilter, _Field):  # type: ignore[misc]
    """Days from and to, both of them whole."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        since, until = (self.used_parameters.get(f"created_{end}") for end in ("from", "to"))
        conditions = {"created__gte": _midnight(since), "created__lt": _midnight(until, 1)}
        given = {name: day for name, day in conditions.items() if day}
        # As a subquery, so that the newest rows are found first and not all of the days sorted.
        return queryset.filter(pk__in=Post.objects.filter(**given).values("pk")) if given else queryset


def _midnight(text: object, days: int = 0) -> datetime | None:
    """Return when a day begins, or one so many days later; None for what is no day or has no such neighbour."""
    try:
        day = parse_date(str(text))
        return timezone.make_aware(datetime.combine(day + timedelta(days), time.min)).astimezone(UTC) if day else None
    except (ValueError, OverflowError):
        return None


def matching(word: str) -> Q:
    """Return the posts that one word of a search means: by hashtag, and, unless it begins with #, by id or caption."""
    found = Q() if word.startswith("#") else Q(external_id__icontains=word) | Q(caption__icontains=word)
    try:
        key = hashtags.parse(word).key
    except hashtags.HashtagRefused:
        return found or Q(pk__in=[])
    tagged = Tagging.objects.filter(hashtag__in=Hashtag.objects.filter(key__startswith=key))
    return found | Q(pk__in=tagged.values("post"))
