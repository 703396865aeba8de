"""Pages of one row that are no form, and those with a part that changes while something is being done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from corpus.admin.base import page

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    _Admin = ModelAdmin[Any]
else:
    _Admin = object


class RowPageMixin(_Admin):
    """Shows each row on a page that is no form."""

    page_template: str

    def page_title(self, row: Any) -> str:
        return str(row)

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return what the template of the page shows."""
        raise NotImplementedError

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one row."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        context = {"opts": self.opts, "original": row, **(extra_context or {}), **self.page_context(request, row)}
        return page(request, self.page_template, self.page_title(row), **context)


class LivePageMixin(RowPageMixin):
    """Shows each row on a page whose part `progress_template` asks for itself as long as its context has `is_open`.

    Without JavaScript the page reloads.
    """

    page_template = "admin/corpus/live.html"
    progress_template: str

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.progress_view))
        name = f"{self.opts.app_label}_{self.opts.model_name}_progress"
        return [path("<int:id>/progress/", view, name=name), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        own = {**(extra_context or {}), "progress_template": self.progress_template}
        return super().change_view(request, object_id, form_url, own)

    def progress_view(self, request: HttpRequest, id: int) -> HttpResponse:
        """The part of a row's page that changes."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, str(id))
        if row is None:
            raise Http404
        return render(request, self.progress_template, self.page_context(request, row))
