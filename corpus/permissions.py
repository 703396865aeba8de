"""The groups: curators decide over posts and hashtags, administrators do everything; trusted people are believed.

Curators and administrators are staff. Trusted people need not be: what they contribute waits for nobody.
"""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import AnonymousUser, Group, Permission, User

CURATOR, ADMINISTRATOR, TRUSTED = "curator", "administrator", "trusted"
CURATED = ("post", "tagging", "hashtag", "popularhashtag", "bulkchange")  # tables that a curator may change
MODERATED = ("contribution",)  # and those of the predictor
WATCHED = ("source", "importrun", "scraperun", "sighting")  # and those that a curator may look at


def is_administrator(user: User | AnonymousUser) -> bool:
    """Whether somebody may see queues and settings, and start scrapes."""
    if not user.is_active or not user.is_staff:
        return False
    return user.is_superuser or user.groups.filter(name=ADMINISTRATOR).exists()


def is_trusted(user: User | AnonymousUser | None) -> bool:
    """Whether what somebody contributes passes at once."""
    if user is None or not user.is_active:
        return False
    return user.is_staff or user.groups.filter(name=TRUSTED).exists()


def make_groups(app_config: AppConfig, **kwargs: Any) -> None:
    """Give the groups what they may do in an app that was just migrated. Rights that somebody added stay."""
    rights = Permission.objects.filter(content_type__app_label=app_config.label)
    if not rights.exists():
        return
    administrators, _ = Group.objects.get_or_create(name=ADMINISTRATOR)
    administrators.permissions.add(*rights)
    curators, _ = Group.objects.get_or_create(name=CURATOR)
    if app_config.label == "corpus":
        Group.objects.get_or_create(name=TRUSTED)
        changes = [f"{verb}_{table}" for table in CURATED for verb in ("view", "add", "change")]
        looks = [f"view_{table}" for table in WATCHED]
        curators.permissions.add(*rights.filter(codename__in=changes + looks))
    if app_config.label == "predictor":
        changes = [f"{verb}_{table}" for table in MODERATED for verb in ("view", "change")]
        curators.permissions.add(*rights.filter(codename__in=changes))
