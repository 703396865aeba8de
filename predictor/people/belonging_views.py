"""The pages of what people keep here beside photos: sets of hashtags, muted hashtags, tokens for programs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from predictor import limits
from predictor.models import MutedTag, TagSet
from predictor.people import api_tokens, muting, tag_sets, visitors
from predictor.people.belonging_forms import TagSetForm
from predictor.people.returning import go_back, next_page


@never_cache
@require_GET
def sets(request: HttpRequest) -> HttpResponse:
    """The sets of this visitor, and a form for another one."""
    return _sets_page(request, TagSetForm())


@require_POST
def save_set(request: HttpRequest) -> HttpResponse:
    """Keep a new set."""
    form = TagSetForm(request.POST)
    if not form.is_valid():
        return _sets_page(request, form, status=422)
    limits.check_pace(request, "set")
    try:
        row = tag_sets.add(visitors.started(request), form.cleaned_data["name"], form.cleaned_data["tags"])
    except tag_sets.TagSetError as error:
        form.add_error(None, str(error))
        return _sets_page(request, form, status=422)
    messages.success(request, _("The set “%(name)s” is kept under “Mine”.") % {"name": row.name})
    return go_back(request, "sets")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_set(request: HttpRequest, id: int) -> HttpResponse:
    """Give a set another name or other hashtags."""
    row = get_object_or_404(TagSet.objects.of(visitors.of(request)), pk=id)
    if request.method != "POST":
        form = TagSetForm(initial={"name": row.name, "tags": "\n".join(row.tags)})
        return render(request, "mine/set.html", {"set": row, "form": form})
    form = TagSetForm(request.POST)
    if not form.is_valid():
        return render(request, "mine/set.html", {"set": row, "form": form}, status=422)
    row.name, row.tags = form.cleaned_data["name"], form.cleaned_data["tags"]
    row.save(update_fields=["name", "tags", "changed"])
    messages.success(request, _("The set “%(name)s” is changed.") % {"name": row.name})
    return redirect("sets")


@require_POST
def delete_set(request: HttpRequest, id: int) -> HttpResponse:
    row = get_object_or_404(TagSet.objects.of(visitors.of(request)), pk=id)
    row.delete()
    messages.success(request, _("The set “%(name)s” is deleted.") % {"name": row.name})
    return redirect("sets")


@never_cache
@require_GET
def muted(request: HttpRequest) -> HttpResponse:
    """The hashtags that this visitor never wants to see again."""
    return render(request, "mine/muted.html", {"muted": MutedTag.objects.of(visitors.of(request))})


@require_POST
def mute(request: HttpRequest) -> HttpResponse:
    """Never suggest a hashtag to this visitor again."""
    limits.check_pace(request, "mute")
    try:
        row = muting.mute(visitors.started(request), request.POST.get("tag", ""))
    except muting.MutingError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(tag)s is not suggested to you any more. “Mine” undoes it.") % {"tag": row})
    return go_back(request, "muted")


@require_POST
def unmute(request: HttpRequest, id: int) -> HttpResponse:
    """Let a hashtag be suggested again."""
    row = get_object_or_404(MutedTag.objects.of(visitors.of(request)), pk=id)
    row.delete()
    messages.success(request, _("%(tag)s may be suggested to you again.") % {"tag": row})
    return go_back(request, "muted")


@never_cache
@login_required(login_url="log-in")
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens of this account, and a form for another one, whose text is shown this once."""
    assert isinstance(request.user, User)
    made, problem = "", ""
    if request.method == "POST":
        limits.check_pace(request, "token")
        try:
            _row, made = api_tokens.make(request.user, request.POST.get("name", ""))
        except api_tokens.TokenError as error:
            problem = str(error)
    context = {"tokens": request.user.api_tokens.all(), "made": made, "problem": problem}
    return render(request, "mine/tokens.html", context, status=422 if problem else 200)


@require_POST
@login_required(login_url="log-in")
def revoke_token(request: HttpRequest, id: int) -> HttpResponse:
    """End what a token allows, at once."""
    assert isinstance(request.user, User)
    if api_tokens.revoke(request.user, id):
        messages.success(request, _("The token is revoked; programs that use it get no more answers."))
    return redirect("tokens")


def _sets_page(request: HttpRequest, form: TagSetForm, status: int = 200) -> HttpResponse:
    rows = TagSet.objects.of(visitors.of(request))
    return render(request, "mine/sets.html", {"sets": rows, "form": form, "next": next_page(request)}, status=status)
