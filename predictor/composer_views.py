"""What the page of an upload asks for while a person composes their set: columns ranked anew, and more hashtags."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from predictor import composing, page_settings, presenting, receiving
from predictor.five import Pick


@never_cache
@require_GET
def columns(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """The columns and the proposed set, as the control and the platform ask for them."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    row.note_named()
    context = presenting.answer_context(row, page_settings.of(request))
    return page_settings.remember(request, render(request, "parts/columns.html", context))


@never_cache
@require_GET
def related(request: HttpRequest, id: uuid.UUID) -> JsonResponse:
    """Hashtags that go with the chosen ones (`tag`, any number of times)."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    chosen = composing.keys(request.GET.getlist("tag"))
    return _hashtags(composing.related(row, chosen, page_settings.of(request).muted))


@never_cache
@require_GET
def alternatives(request: HttpRequest, id: uuid.UUID) -> JsonResponse:
    """Hashtags that may take the place of one (`instead`) beside the others that are chosen (`tag`)."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    asked = composing.keys([request.GET.get("instead", "")])
    chosen = composing.keys(request.GET.getlist("tag"))
    wished = page_settings.of(request)
    return _hashtags(composing.alternatives(row, asked[0], chosen, wished) if asked else [])


@require_GET
def own(request: HttpRequest) -> JsonResponse:
    """The hashtags that a person typed (`text`), by the rules of hashtags."""
    found, problem = composing.own(request.GET.get("text", ""))
    return _hashtags(found, problem)


def _hashtags(picks: Sequence[Pick], problem: str = "") -> JsonResponse:
    found = [asdict(proposal) for proposal in presenting.proposals(picks)]
    return JsonResponse({"hashtags": found, "problem": problem})
