"""The public pages: send a photo, and see what the models suggest for it."""

import errno
import uuid

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import reselect, retarget

from corpus.images import ImageRefused
from predictor import limits, presenting, receiving, visitors
from predictor.forms import PhotoForm

REFUSAL_STATUS = {"too_large_bytes": 413, "unsupported_format": 415}


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The page that takes a photo."""
    if request.method != "POST":
        return _start_page(request, PhotoForm())
    try:
        limits.check_allowed(request)
        return _take_photo(request)
    except limits.Refusal as refusal:
        return refusal.response(request)


def _take_photo(request: HttpRequest) -> HttpResponse:
    form = PhotoForm(request.POST, request.FILES)
    limits.check_received(request)
    photo = request.FILES.get("photo")
    if not form.is_valid() or not isinstance(photo, TemporaryUploadedFile):
        return _start_page(request, form, status=400)
    try:
        upload = receiving.receive(photo, visitors.started(request))
    except ImageRefused as refused:
        form.add_error("photo", str(refused))
        return _start_page(request, form, status=REFUSAL_STATUS.get(refused.reason, 422))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise limits.disk_full() from error
    return redirect("upload", upload.pk)


def _start_page(request: HttpRequest, form: PhotoForm, status: int = 200) -> HttpResponse:
    return render(request, "start.html", {"form": form, "upload_days": settings.UPLOAD_DAYS}, status=status)


@never_cache
@require_GET
def upload(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """The page of one upload: its photo, and both rankings as soon as they are there."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    return render(request, "upload.html", {"form": PhotoForm(), **presenting.upload_context(row)})


@never_cache
@require_GET
def upload_state(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """The part of the upload's page that changes; a waiting page asks for it again and again."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    answer = render(request, "upload_state.html", presenting.upload_context(row, asked=_asked(request)))
    if row.is_open:
        return answer
    # A waiting page asks for its line of progress alone; the outcome replaces everything that waited.
    return reselect(retarget(answer, "#state"), "#state")


@require_GET
def upload_photo(request: HttpRequest, id: uuid.UUID) -> HttpResponseBase:
    """The copy of the photo that is shown: re-encoded, without metadata."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    if not row.display or not row.display_path.is_file():
        raise Http404
    answer = FileResponse(row.display_path.open("rb"), content_type="image/jpeg")
    answer["Content-Security-Policy"] = "default-src 'none'"
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


@require_POST
def retry(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Try a failed upload again."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    receiving.try_again(row)
    return redirect("upload", row.pk)


def _asked(request: HttpRequest) -> int:
    """How many times the waiting page has asked already."""
    text = request.GET.get("asked", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
