"""Photos: send one, wait for its answer, look at it again, delete it."""

from typing import Annotated, Any
from uuid import UUID

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from corpus.picture_answers import picture_answer
from predictor import limits, receiving
from predictor.api import describing, schemas
from predictor.api.auth import user_of, visitor
from predictor.forms import PhotoForm
from predictor.models import Upload
from predictor.people import muting
from predictor.waiting import LONGEST_WAIT, until_answered

router = Router(tags=["uploads"])
ASK_AGAIN = "1"  # seconds
Wait = Annotated[
    int, Query(0, ge=0, le=LONGEST_WAIT, description="Seconds that the site may take to answer this request.")
]
PHOTO: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["photo"],
                    "properties": {"photo": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
PICTURE: dict[str, Any] = {"responses": {200: {"description": "OK", "content": {"image/jpeg": {}}}}}


@router.post("", response={201: schemas.AnsweredUpload, 202: schemas.AnsweredUpload}, openapi_extra=PHOTO)
def send_photo(
    request: HttpRequest, response: HttpResponse, look: Query[schemas.Look], wait: Wait
) -> Status[dict[str, Any]]:
    """Send a photo. 201: its answer is here, or why there is none; 202: it waits, so ask for it again."""
    limits.check_allowed(request, user_of(request))
    row = receiving.receive(_photo(request), visitor(request))
    told = _told(request, row, response, look, wait)
    response["Location"] = told["url"]
    return Status(202 if row.is_open else 201, told)


@router.get("", response=schemas.UploadList)
def list_uploads(request: HttpRequest, part: Query[schemas.Paging]) -> dict[str, Any]:
    """Your photos, the newest first, without their answers."""
    rows = _mine(request).order_by("-created", "pk")
    items = [describing.of_upload(row) for row in rows[part.offset : part.offset + part.limit]]
    return {"count": rows.count(), "items": items}


@router.get("/{uuid:id}", response=schemas.AnsweredUpload)
def get_upload(
    request: HttpRequest, response: HttpResponse, id: UUID, look: Query[schemas.Look], wait: Wait
) -> dict[str, Any]:
    """One of your photos with its answer. While that is still to come, Retry-After says when to ask again."""
    return _told(request, get_object_or_404(_mine(request), pk=id), response, look, wait)


@router.get("/{uuid:id}/photo", response={200: None}, openapi_extra=PICTURE)
def get_photo(request: HttpRequest, id: UUID) -> FileResponse:
    """The copy of the photo that is shown: re-encoded, without metadata."""
    row = get_object_or_404(_mine(request), pk=id)
    return picture_answer(row.display_path, seconds=86400)


@router.delete("/{uuid:id}", response={204: None})
def delete_upload(request: HttpRequest, id: UUID) -> Status[None]:
    """Delete a photo with its answer at once. What you contributed of it stays until you withdraw that."""
    receiving.discard(get_object_or_404(_mine(request), pk=id))
    return Status(204, None)


def _photo(request: HttpRequest) -> TemporaryUploadedFile:
    form = PhotoForm(request.POST, request.FILES)
    limits.check_received(request)
    photo = request.FILES.get("photo")
    if form.is_valid() and isinstance(photo, TemporaryUploadedFile):
        return photo
    raise limits.Refusal(400, " ".join(str(error) for error in form.errors.get("photo", [])))


def _told(request: HttpRequest, row: Upload, response: HttpResponse, look: schemas.Look, wait: int) -> dict[str, Any]:
    """Wait for an answer and describe what is there then."""
    until_answered(row, wait)
    if row.is_open:
        response["Retry-After"] = ASK_AGAIN
    row.note_named()
    return describing.of_answered(row, look, muting.muted(visitor(request)))


def _mine(request: HttpRequest) -> QuerySet[Upload]:
    return Upload.objects.of(visitor(request))
