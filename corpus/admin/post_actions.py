"""What curators do to many posts at once: approve, reject, put back, tag, untag, merge, keep apart."""

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpus import curation
from corpus.admin.base import person
from corpus.admin.bulk import ask, is_across, is_confirmed, perform, settle
from corpus.admin.forms import MergeForm, TagsForm
from corpus.models import Post

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    _Base = ModelAdmin[Post]
else:
    _Base = object

MERGED_AT_ONCE = 50  # more pictures than that nobody compares


class PostActions(_Base):
    """The actions of the list of posts. Each is a POST, needs the permission to change posts, and can be undone."""

    actions = ["approve", "reject", "put_back", "tag", "untag", "merge", "keep_apart"]

    @admin.action(permissions=["change"], description=gettext_lazy("Approve"))
    def approve(self, request: HttpRequest, posts: QuerySet[Post]) -> HttpResponse | None:
        return _set_status(request, posts, _("Approve"), Post.Status.APPROVED)

    @admin.action(permissions=["change"], description=gettext_lazy("Reject"))
    def reject(self, request: HttpRequest, posts: QuerySet[Post]) -> HttpResponse | None:
        return _set_status(request, posts, _("Reject"), Post.Status.REJECTED)

    @admin.action(permissions=["change"], description=gettext_lazy("Let wait for a decision again"))
    def put_back(self, request: HttpRequest, posts: QuerySet[Post]) -> HttpResponse | None:
        return _set_status(request, posts, _("Let wait for a decision again"), Post.Status.PENDING)

    @admin.action(permissions=["change"], description=gettext_lazy("Add hashtags …"))
    def tag(self, request: HttpRequest, posts: QuerySet[Post]) -> HttpResponse | None:
        form = TagsForm(request.POST if is_confirmed(request) else None)
        if form.is_valid():
            return perform(request, lambda: curation.add_hashtags(posts, form.tags(), person(request)))
        return ask(request, posts, _("Add hashtags"), _("Posts that carry them already stay as they are."), form)

    @admin.action(permissions=["change"], description=gettext_lazy("Take hashtags away …"))
    def untag(self, request: HttpRequest, posts: QuerySet[Post]) -> HttpResponse | None:
        form = TagsForm(request.POST if is_confirmed(request) else None)
        if form.is_valid():
            return perform(request, lambda: curation.remove_hashtags(posts, form.tags(), person(request)))
        return ask(request, posts, _("Take hashtags away"), _("Their aliases go with them."), form)

    @admin.action(permissions=["change"], description=gettext_lazy("Merge as duplicates …"))
    def merge(self, request: HttpRequest, posts: QuerySet[Post]) -> HttpResponse | None:
        if is_across(request) or not 1 < posts.count() <= MERGED_AT_ONCE:
            messages.error(request, _("Tick 2 to %(most)d posts to merge them into one.") % {"most": MERGED_AT_ONCE})
            return None
        return _merge(request, posts)

    @admin.action(permissions=["change"], description=gettext_lazy("Keep apart, as no duplicates"))
    def keep_apart(self, request: HttpRequest, posts: QuerySet[Post]) -> HttpResponse | None:
        return settle(request, posts, _("Keep apart"), lambda: curation.keep_apart(posts, person(request)))


def _set_status(request: HttpRequest, posts: QuerySet[Post], title: str, status: str) -> HttpResponse | None:
    return settle(request, posts, title, lambda: curation.set_status(posts, status, person(request)))


def _merge(request: HttpRequest, posts: QuerySet[Post]) -> HttpResponse | None:
    choices = posts.filter(duplicate_of=None).order_by("pk")
    form = MergeForm(request.POST if is_confirmed(request) else None, choices)
    if form.is_valid():
        into, give = form.cleaned_data["into"], form.cleaned_data["give_tags"]
        return perform(request, lambda: curation.merge(posts, into, person(request), give))
    sentence = _("The others are set aside as its duplicates. They are not shown to the models any more.")
    return ask(request, posts, _("Merge as duplicates"), sentence, form, choices=list(choices))
