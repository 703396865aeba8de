"""The pages that explain an answer: why a hashtag was suggested, and where the photo lies on the map of hashtags."""

import uuid
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from corpus.picture_answers import picture_answer
from predictor import limits, receiving
from predictor.why import evidence, explaining


@never_cache
@require_GET
def why(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Why one hashtag (`tag`, its key) was suggested for a photo."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    found = explaining.why(row, request.GET.get("tag", ""))
    if found is None:
        raise Http404
    row.note_named()
    return render(request, "why.html", {"upload": row, "why": found})


@require_POST
def look_again(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Let the models show where in a photo they see what they suggested."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    limits.check_pace(request, "look again")
    explaining.ask(row)
    asked = urlencode({"tag": request.POST.get("tag", "")})
    return redirect(f"{reverse('why', args=[row.pk])}?{asked}")


@never_cache
@require_GET
def tag_map(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Where a photo lies on the map of hashtags of each version that answered it."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    row.note_named()
    return render(request, "tag_map.html", {"upload": row, "maps": explaining.maps(row)})


@require_GET
def post_picture(request: HttpRequest, id: int) -> HttpResponseBase:
    """The small picture of a post that may be shown as evidence."""
    post = get_object_or_404(evidence.showable(), pk=id)
    return picture_answer(post.thumbnail_path, seconds=3600)
