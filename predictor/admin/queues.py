"""The queue pages of django-rq in the admin, for administrators alone."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern
from django_rq.admin import QueueAdmin
from django_rq.models import Dashboard
from rq.exceptions import NoSuchJobError

from corpus.permissions import is_administrator
from predictor.queue import QueueError

admin.site.unregister(Dashboard)


@admin.register(Dashboard)
class QueuePages(QueueAdmin):
    """The queue pages of django-rq, for administrators: they can stop and delete jobs, so being staff is not enough."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request.user)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_administrator(request.user)

    def get_object(self, *args: object) -> Dashboard | None:
        """No table stands behind these pages."""
        raise Http404

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()  # type: ignore[no-untyped-call]
        return [URLPattern(url.pattern, _for_administrators(url.callback), url.default_args, url.name) for url in urls]


def _for_administrators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a queue page: other staff may not see it, and without Redis it says so. Visitors get to the login.

    django-rq does not look whether the queue, job or scheduler of an address exists; we have no scheduler at all.
    """

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not is_administrator(request.user):
            raise PermissionDenied
        try:
            return view(request, *args, **kwargs)
        except QueueError:
            return render(request, "queue_down.html", status=503)
        except (ImproperlyConfigured, IndexError, NoSuchJobError, ValueError) as error:
            raise Http404 from error

    return page
