"""The pages under "Mine": photos sent so far, a copy of everything, and the way out."""

import uuid
from tempfile import TemporaryFile

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.forms import BaseForm
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST
from PIL import Image

from corpus import images
from predictor import limits, receiving
from predictor.people import deleting, exporting, history, visitors
from predictor.people.belonging_forms import farewell_form
from predictor.people.returning import go_back

THUMBNAIL = 320  # pixels of the longer side


@never_cache
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The photos of this visitor, the newest first."""
    page, photos = history.pages_of(visitors.of(request), request.GET.get("page", "1"))
    return render(request, "mine/photos.html", {"page": page, "photos": photos, "upload_days": settings.UPLOAD_DAYS})


@require_GET
def thumbnail(request: HttpRequest, id: uuid.UUID) -> HttpResponseBase:
    """A small copy of an upload's photo."""
    row = get_object_or_404(receiving.owned_by(request), pk=id)
    try:
        with Image.open(row.display_path) as copy:
            copy.draft("RGB", (2 * THUMBNAIL, 2 * THUMBNAIL))
            content = images.display_copy(copy, THUMBNAIL)
    except (FileNotFoundError, IsADirectoryError) as error:  # it waits still, failed, or has just been deleted
        raise Http404 from error
    answer = HttpResponse(content, content_type="image/jpeg")
    answer["Content-Security-Policy"] = "default-src 'none'"
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


@require_POST
def delete_photo(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Delete an upload with all that was made of it."""
    receiving.discard(get_object_or_404(receiving.owned_by(request), pk=id))
    messages.success(request, _("The photo is deleted, with all that was suggested for it."))
    return go_back(request, "mine")


@require_POST
def delete_photos(request: HttpRequest) -> HttpResponse:
    """Delete all uploads of this visitor."""
    for upload in list(receiving.owned_by(request)):
        receiving.discard(upload)
    messages.success(request, _("All your photos are deleted, with all that was suggested for them."))
    return redirect("mine")


@never_cache
@require_GET
def data(request: HttpRequest) -> HttpResponse:
    """What is kept, for how long, and how to get or delete it."""
    return _data_page(request, farewell_form(request))


@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """All that is stored of this visitor, as a zip file that is written to disk first."""
    limits.check_pace(request, "export")
    limits.check_room()
    file = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115, closed by the answer
    exporting.write(visitors.of(request), file)
    receiving.owned_by(request).note_named()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"tag4pic-{timezone.localdate()}.zip")


@sensitive_post_parameters()
@never_cache
@require_POST
def delete_everything(request: HttpRequest) -> HttpResponse:
    """Delete everything of this visitor, and the account; the answer is the receipt, and cannot be asked for again."""
    form = farewell_form(request, request.POST)
    if not form.is_valid():
        return _data_page(request, form, status=422)
    try:
        given = deleting.delete_everything(visitors.of(request))
    except deleting.DeletingError as error:
        form.add_error(None, str(error))
        return _data_page(request, form, status=422)
    logout(request)
    return render(request, "mine/deleted.html", {"given": given})


def _data_page(request: HttpRequest, form: BaseForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "upload_days": settings.UPLOAD_DAYS}
    return render(request, "mine/data.html", context, status=status)
