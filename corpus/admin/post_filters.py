"""Filters of the list of posts; each is one condition on the post itself or one subquery, never a join."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter, RangeDateFilter

from corpus import hashtags
from corpus.models import Hashtag, Post, Tagging

if TYPE_CHECKING:
    from django.contrib.admin import FieldListFilter as _Field
    from django.contrib.admin import SimpleListFilter as _Simple
else:
    _Field, _Simple = object, object


class HashtagFilter(AutocompleteSelectFilter, _Field):  # type: ignore[misc]
    """Posts that carry a hashtag or one of its aliases."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        chosen = self.value()
        if not chosen or not str(chosen).isdigit():
            return queryset
        meant = Hashtag.objects.filter(Q(pk=chosen) | Q(alias_of=chosen))
        return queryset.filter(pk__in=Tagging.objects.filter(hashtag__in=meant).values("post"))


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
        kept = Post.objects.exclude(duplicate_of=None).values("duplicate_of")
        conditions = {
            "none": Q(looks_like=None, duplicate_of=None),
            "has": Q(pk__in=roots) | Q(pk__in=kept),
            "aside": Q(duplicate_of__isnull=False),
            "apart": Q(looks_like__isnull=False, duplicate_of=None),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


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
        since, until = (_day(self.used_parameters.get(f"created_{end}")) for end in ("from", "to"))
        conditions = {"created__gte": since, "created__lt": until and until + timedelta(days=1)}
        given = {name: day for name, day in conditions.items() if day}
        # As a subquery, so that the newest rows are found first and not all of the days sorted.
        return queryset.filter(pk__in=Post.objects.filter(**given).values("pk")) if given else queryset


def _day(text: object) -> datetime | None:
    """Return the midnight with which a day begins, or None for what is no day."""
    try:
        day = parse_date(str(text))
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def matching(word: str) -> Q:
    """Return the posts that one word of a search means: by hashtag, and, unless it begins with #, by id or caption."""
    found = Q() if word.startswith("#") else Q(external_id__icontains=word) | Q(caption__icontains=word)
    try:
        key = hashtags.parse(word).key
    except hashtags.HashtagRefused:
        return found or Q(pk__in=[])
    tagged = Tagging.objects.filter(hashtag__in=Hashtag.objects.filter(key__startswith=key))
    return found | Q(pk__in=tagged.values("post"))
