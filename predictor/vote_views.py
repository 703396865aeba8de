"""The pages of blind votes: two columns without names, the vote, and then whose they were."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from predictor import limits, models_page, receiving, voting
from predictor.models import Upload, Vote
from predictor.people import muting, visitors
from predictor.voting import VotingError

FIRST_COOKIE = "compare_first"
NAMES = "names"  # asks the page of an upload for the names without a vote


def comes_first(request: HttpRequest, upload: Upload) -> bool:
    """Whether a visitor wants to compare blindly before the names of this upload's columns are shown."""
    wanted = bool(request.COOKIES.get(FIRST_COOKIE)) and NAMES not in request.GET
    return wanted and voting.awaits_vote(upload)


@require_POST
def first(request: HttpRequest) -> HttpResponse:
    """Remember, while the browser is open, whether photos are to be compared blindly first."""
    answer = redirect("start")
    if "first" in request.POST:
        answer.set_cookie(FIRST_COOKIE, "1", secure=request.is_secure(), httponly=True, samesite="Lax")
    else:
        answer.delete_cookie(FIRST_COOKIE, samesite="Lax")
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Two columns without names and the question which is better; after the vote, the names and how others voted."""
    upload = get_object_or_404(receiving.owned_by(request), pk=id)
    visitor = visitors.of(request)
    sides = voting.ballot(upload, muting.muted(visitor))
    if sides is None:
        return redirect(f"{reverse('upload', args=[upload.pk])}?{NAMES}")
    context: dict[str, Any] = {"upload": upload, "ballot": sides, "verdicts": Vote.Verdict}
    if request.method == "POST":
        limits.check_pace(request, "vote")
        try:
            voting.vote(upload, sides, visitor, request.POST.get("verdict", ""))
        except VotingError as error:
            return render(request, "compare.html", {**context, "problem": str(error)}, status=422)
        return redirect("compare", upload.pk)
    if vote := upload.votes.select_related("left", "right").first():
        upload.note_named()
        context |= {"vote": vote, "duel": models_page.duel_of(vote)}
    return render(request, "compare.html", context)
