"""The small copies of posts' pictures, for staff alone: re-encoded, without metadata."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from corpus.models import Post


@require_safe
def thumbnail(request: HttpRequest, id: int) -> FileResponse:
    """The small copy of one post's picture."""
    if not request.user.has_perm("corpus.view_post"):
        raise PermissionDenied
    post = get_object_or_404(Post.objects.only("sha256"), pk=id)
    if not post.sha256 or not post.thumbnail_path.is_file():
        raise Http404
    answer = FileResponse(post.thumbnail_path.open("rb"), content_type="image/jpeg")
    answer["Content-Security-Policy"] = "default-src 'none'"
    answer["Cache-Control"] = "private, max-age=86400"
    return answer
