"""The pages of contributions: say what belongs to a photo, see what became of that, take it back."""

import uuid

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from corpus.picture_answers import picture_answer
from predictor import judging, limits, page_settings, presenting, receiving
from predictor.contributions import contributed_tags, contributing, proposing, receipts
from predictor.contributions.contributing import ContributionError
from predictor.forms import ContributionForm, PhotoForm
from predictor.models import Contribution, ContributionQuerySet, Upload
from predictor.people import visitors

LISTED = 100  # of one's own contributions


@require_POST
def contribute(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Take what a person says of their upload."""
    upload = get_object_or_404(receiving.owned_by(request), pk=id)
    form = ContributionForm(request.POST)
    if not form.is_valid():
        return _again(request, upload, form.sentence())
    limits.check_contributing(request)
    try:
        contribution = contributing.contribute(
            upload,
            visitors.of(request).user,
            form.cleaned_data["kept"],
            form.cleaned_data["dropped"],
            contributed_tags.words(form.cleaned_data["added"]),
            form.cleaned_data["may_be_shown"],
        )
    except ContributionError as error:
        return _again(request, upload, str(error))
    return redirect("contribution", contribution.pk)


@require_POST
def judge(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Take what a person says of the answer to their upload, without the photo."""
    upload = get_object_or_404(receiving.owned_by(request), pk=id)
    form = ContributionForm(request.POST)
    if not form.is_valid():
        return _again(request, upload, form.sentence())
    limits.check_pace(request, "judgement")
    try:
        words = contributed_tags.words(form.cleaned_data["added"])
        judging.judge(upload, visitors.of(request), form.cleaned_data["kept"], form.cleaned_data["dropped"], words)
    except ContributionError as error:
        return _again(request, upload, str(error))
    return redirect(f"{reverse('upload', args=[upload.pk])}#teach")


def _again(request: HttpRequest, upload: Upload, problem: str) -> HttpResponse:
    """Show the upload's page once more, with what was said and what is wrong with it."""
    upload.note_named()
    context = presenting.upload_context(upload, wished=page_settings.of(request))
    said = {
        "kept": request.POST.getlist("kept"),
        "dropped": request.POST.getlist("dropped"),
        "added": request.POST.get("added", ""),
        "may_be_shown": "may_be_shown" in request.POST,
    }
    return render(
        request,
        "upload.html",
        {**context, "form": PhotoForm(), "said": said, "contribution_problem": problem},
        status=422,
    )


@never_cache
@require_GET
def contributions(request: HttpRequest) -> HttpResponse:
    """All that this visitor has contributed, the newest first."""
    return render(request, "contributions.html", {"contributions": _mine(request)[:LISTED]})


@never_cache
@require_GET
def contribution(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """What became of one contribution; once it is taken back, the receipt."""
    row = get_object_or_404(_mine(request), pk=id)
    receipt = None if row.is_open else receipts.receipt(row)
    return render(request, "contribution.html", {"contribution": row, "receipt": receipt})


@require_GET
def contribution_photo(request: HttpRequest, id: uuid.UUID) -> HttpResponseBase:
    """The photo of a contribution, for its giver."""
    return photo_of(get_object_or_404(_mine(request), pk=id))


def photo_of(row: Contribution) -> FileResponse:
    """Answer with a contribution's copy of the photo. Raises Http404 where it is gone."""
    return picture_answer(row.image_path, seconds=3600)


@require_POST
def withdraw(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Take a contribution back; doing so twice is as good as once."""
    row = get_object_or_404(_mine(request), pk=id)
    if row.is_open:
        try:
            contributing.withdraw(row)
        except ContributionError:  # a moderator was faster: the page says how it stands
            return redirect("contribution", row.pk)
    return redirect("contribution", row.pk)


@require_GET
def hashtags(request: HttpRequest) -> JsonResponse:
    """Hashtags that begin with what is typed: one's own first, then the common ones."""
    found = proposing.beginning_with(request.GET.get("q", ""), _mine(request))
    answer = JsonResponse({"hashtags": found})
    answer["Cache-Control"] = "private, max-age=30"
    return answer


def _mine(request: HttpRequest) -> ContributionQuerySet:
    return Contribution.objects.of(visitors.of(request))
