"""The public page of the models, and their model card as text."""

import threading
import time
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from predictor import models_page

FRESH = 60  # seconds after which figures are gathered anew
SHOWN = 120  # seconds for which they are shown while somebody gathers new ones
_gathering = threading.Lock()


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """Both models, how good they are, and what people say of them."""
    return render(request, "models.html", {"figures": _figures()})


def _figures() -> SafeString:
    """Return the figures in the visitor's language. Of those who find them old, one gathers new ones."""
    name = f"models-{get_language()}"
    text, made = _kept(name)
    if time.monotonic() - made < FRESH or not _gathering.acquire(blocking=not text):
        return text
    try:
        text, made = _kept(name)  # whoever had to wait finds them gathered
        if time.monotonic() - made >= FRESH:
            text = render_to_string("parts/models_figures.html", {"page": models_page.figures()})
            cache.set(name, (text, time.monotonic()), SHOWN)
        return text
    finally:
        _gathering.release()


def _kept(name: str) -> tuple[SafeString, float]:
    """The figures that were kept last, and when; nothing and long ago where there are none."""
    kept: tuple[SafeString, float] = cache.get(name, (SafeString(), float("-inf")))
    return kept


@require_safe
def card(request: HttpRequest) -> HttpResponse:
    """The model card of the starter, with its tables, as it stands in the docs."""
    text = (Path(settings.BASE_DIR) / "docs" / "model-card.md").read_text()
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")
