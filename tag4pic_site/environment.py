"""Reads settings from the environment; a value that is none is refused in a sentence that names the variable."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import environ
from croniter import croniter
from django.core.exceptions import ImproperlyConfigured

CRON_FIELDS = 5
ON, OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def text(name: str, default: str = "") -> str:
    """Return a variable's text; an empty one counts as none."""
    return os.environ.get(name, "").strip() or default


def words(name: str, default: list[str]) -> list[str]:
    """Return a variable's words, which stand between commas."""
    return [word.strip() for word in text(name).split(",") if word.strip()] or default


def switch(name: str) -> bool:
    """Return whether a variable is on; off where it is not set."""
    value = text(name, "off").lower()
    if value not in ON + OFF:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(ON + OFF)}, and not {value!r}.")
    return value in ON


def number(name: str, default: int, least: int = 0, most: int = 1_000_000) -> int:
    """Return a variable's whole number."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or not least <= int(value[:20]) <= most:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}, and not {value!r}.")
    return int(value)


def choice(name: str, default: str, known: Collection[str]) -> str:
    """Return a variable that must be one of some words."""
    value = text(name, default)
    if value not in known:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(known)}, and not {value!r}.")
    return value


def address(name: str, default: str, schemes: Collection[str]) -> str:
    """Return a variable's address of a server."""
    value = text(name, default)
    if urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must be an address that starts with {':// or '.join(schemes)}://")
    return value


def schedule(name: str, default: str) -> str:
    """Return a variable's time in the form of cron: minute, hour, day, month, weekday. Empty where it is off."""
    value = text(name, default)
    if value.lower() in OFF:
        return ""
    if len(value.split()) != CRON_FIELDS or not croniter.is_valid(value):
        raise ImproperlyConfigured(f"{name} must be off or five fields as in cron, such as {default!r}, not {value!r}.")
    return value


def database(name: str, default: Path) -> dict[str, Any]:
    """Return Django's settings of a database; the default is an SQLite file."""
    found: dict[str, Any] = environ.Env.db_url_config(text(name, f"sqlite:///{quote(str(default))}"))
    if not found.get("ENGINE"):
        raise ImproperlyConfigured(f"{name} must be an address such as postgres://user:password@host/name")
    return found
