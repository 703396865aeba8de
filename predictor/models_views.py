"""The public page of the models, and their model card as text."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from predictor import models_page

KEPT = 60  # seconds that figures are kept before they are gathered anew


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """Both models, how good they are, and what people say of them; the template asks for figures when it needs new."""
    return render(request, "models.html", {"figures": models_page.figures, "kept": KEPT})


@require_safe
def card(request: HttpRequest) -> HttpResponse:
    """The model card of the starter, with its tables, as it stands in the docs."""
    text = (Path(settings.BASE_DIR) / "docs" / "model-card.md").read_text()
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")
