"""Rows that belong to a visitor: to an account, or to a browser session that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from predictor.people.visitors import Visitor

Row = TypeVar("Row", bound=models.Model)


class OwnedQuerySet(models.QuerySet[Row]):
    def of(self, visitor: Visitor) -> Self:
        """Return what belongs to a visitor: to the account, and to the browser session."""
        return self.filter(visitor.owns())


class Owned(models.Model):
    """A row of one visitor; it goes with their account."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    owner_token = models.CharField(max_length=64, blank=True, help_text=_("Of the browser session without an account."))
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


def owned_tables() -> list[type[models.Model]]:
    """Return every table of rows that belong to visitors, so that none is forgotten where they log in, export or go."""
    tables = apps.get_app_config("predictor").get_models()
    return [table for table in tables if {"owner", "owner_token"} <= {field.name for field in table._meta.fields}]
