"""How pictures are sent: re-encoded copies alone, under headers that let nothing in them act."""

from pathlib import Path

from django.http import FileResponse, Http404


def picture_answer(file: Path, seconds: int) -> FileResponse:
    """Answer with a JPEG that its browser may keep for so long. Raises Http404 where the file is gone."""
    if not file.is_file():
        raise Http404
    answer = FileResponse(file.open("rb"), content_type="image/jpeg")
    answer["Content-Security-Policy"] = "default-src 'none'"
    answer["Cache-Control"] = f"private, max-age={seconds}"
    return answer
