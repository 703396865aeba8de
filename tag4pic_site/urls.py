"""Addresses of the site: the public pages of predictor, and the admin with the queue pages."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from predictor import health
from predictor.api.v1 import api
from predictor.metrics import metrics
from predictor.people.account_views import admin_log_in


def _no_page(request: HttpRequest, row: str) -> HttpResponse:
    """Refuse the admin's "view on site": no row has a public page, and that view breaks on models without a table."""
    raise Http404


urlpatterns = [
    path("admin/r/<path:row>", _no_page),
    path("admin/login/", admin_log_in),
    path("admin/", admin.site.urls),
    path("language/", set_language, name="language"),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", metrics),
    path("api/v1/", api.urls),
    path("api/", RedirectView.as_view(pattern_name="api-v1:openapi-view")),
    path("", include("predictor.urls")),
]
