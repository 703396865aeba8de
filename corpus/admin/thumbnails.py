"""The small copies of posts' pictures, for staff alone: re-encoded, without metadata."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from corpus.models import Post
from corpus.picture_answers import picture_answer


@require_safe
def thumbnail(request: HttpRequest, id: int) -> FileResponse:
    """The small copy of one post's picture."""
    if not request.user.has_perm("corpus.view_post"):
        raise PermissionDenied
    post = get_object_or_404(Post.objects.only("sha256"), pk=id)
    if not post.sha256:
        raise Http404
    return picture_answer(post.thumbnail_path, seconds=86400)
