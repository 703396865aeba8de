"""The start page: it takes photos and samples, and says how each that was sent lately stands."""

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from corpus.images import ImageRefused
from predictor import limits, problems, receiving, samples
from predictor import tray as trays
from predictor.forms import PhotoForm
from predictor.people import visitors


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The page that takes a photo. A script that sends one asks for JSON: where the upload is, or a problem."""
    if request.method != "POST":
        return _start_page(request, PhotoForm())
    limits.check_allowed(request)
    return _take_photo(request)


def _take_photo(request: HttpRequest) -> HttpResponse:
    form = PhotoForm(request.POST, request.FILES)
    limits.check_received(request)
    photo = request.FILES.get("photo")
    if not form.is_valid() or not isinstance(photo, TemporaryUploadedFile):
        return _start_page(request, form, status=400)
    try:
        upload = receiving.receive(photo, visitors.started(request))
    except ImageRefused as refused:
        form.add_error("photo", refused.sentence(gettext))
        return _start_page(request, form, status=receiving.REFUSAL_STATUS.get(refused.reason, 422))
    if problems.for_program(request):
        return JsonResponse({"id": str(upload.pk), "address": reverse("upload", args=[upload.pk])}, status=201)
    return redirect("upload", upload.pk)


def _start_page(request: HttpRequest, form: PhotoForm, status: int = 200) -> HttpResponse:
    if status != 200 and problems.for_program(request):
        return problems.problem(status, str(form.errors["photo"][0]))
    context = {
        "form": form,
        "upload_days": settings.UPLOAD_DAYS,
        "samples": samples.present(),
        "sent": trays.of(visitors.of(request)),
    }
    return render(request, "start.html", context, status=status)


@never_cache
@require_GET
def tray(request: HttpRequest) -> HttpResponse:
    """The rows of the tray; a page with open ones asks for all of them again and again."""
    return render(request, "parts/tray_rows.html", {"sent": trays.of(visitors.of(request))})


@require_POST
def sample(request: HttpRequest) -> HttpResponse:
    """Take a sample like a photo of the visitor's own."""
    name = request.POST.get("sample", "")
    limits.check_allowed(request)
    try:
        with samples.sent(name) as photo:
            return redirect("upload", receiving.receive(photo, visitors.started(request)).pk)
    except KeyError as error:
        raise Http404 from error


@require_GET
def sample_picture(request: HttpRequest, name: str) -> HttpResponse:
    """The small picture of a sample."""
    try:
        answer = HttpResponse(samples.picture(name), content_type="image/webp")
    except KeyError as error:
        raise Http404 from error
    answer["Cache-Control"] = "public, max-age=86400"
    return answer
