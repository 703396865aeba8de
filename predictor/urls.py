"""Addresses of the public pages."""

from django.urls import path

from predictor import contribution_views, views

urlpatterns = [
    path("", views.start, name="start"),
    path("uploads/<uuid:id>/", views.upload, name="upload"),
    path("uploads/<uuid:id>/state/", views.upload_state, name="upload-state"),
    path("uploads/<uuid:id>/photo.jpg", views.upload_photo, name="upload-photo"),
    path("uploads/<uuid:id>/retry/", views.retry, name="upload-retry"),
    path("uploads/<uuid:id>/contribute/", contribution_views.contribute, name="contribute"),
    path("contributions/", contribution_views.contributions, name="contributions"),
    path("contributions/<uuid:id>/", contribution_views.contribution, name="contribution"),
    path("contributions/<uuid:id>/photo.jpg", contribution_views.contribution_photo, name="contribution-photo"),
    path("contributions/<uuid:id>/withdraw/", contribution_views.withdraw, name="contribution-withdraw"),
    path("hashtags/", contribution_views.hashtags, name="hashtags"),
]
