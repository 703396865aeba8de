"""Addresses of the site: the public pages of predictor, and the admin with the queue pages."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("predictor.urls")),
]
