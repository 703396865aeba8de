"""Users and groups in the theme's dress. Only superusers make superusers, or change one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from corpus.admin.base import SteadyMixin

if TYPE_CHECKING:

    class _Theme: ...
else:
    from unfold.admin import ModelAdmin as _Theme

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(SteadyMixin, DjangoUserAdmin[User], _Theme):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_filter = ["groups", "is_active", "is_staff"]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        own = super().get_readonly_fields(request, obj)
        return own if request.user.is_superuser else [*own, "is_superuser", "user_permissions"]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody who decided on anything is deleted, since the history would go too; "active" locks a person out."""
        if obj is None or LogEntry.objects.filter(user=obj).exists():
            return False
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)


@admin.register(Group)
class GroupAdmin(SteadyMixin, DjangoGroupAdmin, _Theme):
    pass


def _may_touch(request: HttpRequest, obj: User | None) -> bool:
    return request.user.is_superuser or obj is None or not obj.is_superuser
