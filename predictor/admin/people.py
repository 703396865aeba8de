"""Accounts whose deletion takes along what people have here: photos with their files, sets, contributions."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext as _

from corpus.admin.people import UserAdmin
from predictor.models import Upload
from predictor.people import deleting
from predictor.people.visitors import Visitor

admin.site.unregister(User)


@admin.register(User)
class PeopleAdmin(UserAdmin):
    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and deleting.may_go(obj)

    def get_deleted_objects(
        self, objs: Iterable[User], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Say what goes along in a few words; these tables ask for no rights of their own."""
        sentence = _("%(name)s, with %(n)d photos and all else of theirs")
        said = [sentence % {"name": user, "n": Upload.objects.filter(owner=user).count()} for user in objs]
        return said, {}, set(), []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        deleting.delete_everything(Visitor(obj))
