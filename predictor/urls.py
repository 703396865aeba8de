"""Addresses of the public pages."""

from django.urls import path

from predictor import views

urlpatterns = [
    path("", views.start, name="start"),
    path("uploads/<uuid:id>/", views.upload, name="upload"),
    path("uploads/<uuid:id>/state/", views.upload_state, name="upload-state"),
    path("uploads/<uuid:id>/photo.jpg", views.upload_photo, name="upload-photo"),
    path("uploads/<uuid:id>/retry/", views.retry, name="upload-retry"),
]
