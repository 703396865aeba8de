"""Addresses of the site: the public pages of predictor, and the admin with the queue pages."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path


def _no_page(request: HttpRequest, row: str) -> HttpResponse:
    """Refuse the admin's "view on site": no row has a public page, and that view breaks on models without a table."""
    raise Http404


urlpatterns = [
    path("admin/r/<path:row>", _no_page),
    path("admin/", admin.site.urls),
    path("", include("predictor.urls")),
]
