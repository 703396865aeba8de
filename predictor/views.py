"""The page of an upload: what the models suggest for a photo."""

import uuid
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect, reselect, retarget

from corpus.picture_answers import picture_answer
from predictor import copying, limits, page_settings, presenting, receiving, vote_views
from predictor.copying import CopyingError
from predictor.forms import PhotoForm
from predictor.models import Upload
from predictor.waiting import until_answered

JUST_SENT = timedelta(seconds=1)
PATIENCE = 0.5  # seconds that the first look at a photo waits for its answer, so that it usually needs no other


@never_cache
@require_GET
def upload(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """The page of one upload: its photo, and both rankings as soon as they are there."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    if timezone.now() - row.created < JUST_SENT:
        try:
            until_answered(row, PATIENCE)
        except Upload.DoesNotExist as error:  # deleted meanwhile
            raise Http404 from error
    if vote_views.comes_first(request, row):
        return redirect("compare", row.pk)
    row.note_named()
    context = presenting.upload_context(row, wished=page_settings.of(request))
    return page_settings.remember(request, render(request, "upload.html", {"form": PhotoForm(), **context}))


@never_cache
@require_GET
def upload_state(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """The part of the upload's page that changes; a waiting page asks for it again and again."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    if vote_views.comes_first(request, row):
        return HttpResponseClientRedirect(reverse("compare", args=[row.pk]))
    row.note_named()
    context = presenting.upload_context(row, _asked(request), page_settings.of(request))
    answer = render(request, "upload_state.html", context)
    if row.is_open:
        return answer
    # A waiting page asks for its line of progress alone; the outcome replaces everything that waited.
    return reselect(retarget(answer, "#state"), "#state")


@require_GET
def upload_photo(request: HttpRequest, id: uuid.UUID) -> HttpResponseBase:
    """The copy of the photo that is shown: re-encoded, without metadata."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    return picture_answer(row.display_path, seconds=86400)


@require_POST
def copied(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Take note of what was copied from an upload's page; the page's script tells it."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    try:
        copying.note(row, request.POST.get("text", ""))
    except CopyingError as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@require_POST
def retry(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Try a failed upload again."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    limits.check_pace(request, "retry")
    receiving.try_again(row)
    return redirect("upload", row.pk)


def _asked(request: HttpRequest) -> int:
    """How many times the waiting page has asked already."""
    text = request.GET.get("asked", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
