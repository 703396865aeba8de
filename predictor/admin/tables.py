"""Admin pages of pointers, runs and uploads, to look at."""

from django.contrib import admin
from django.http import HttpRequest

from corpus.admin.base import ReadOnlyAdmin
from predictor.models import ActiveVersion, Tuning, Upload


@admin.register(ActiveVersion)
class ActiveVersionAdmin(ReadOnlyAdmin[ActiveVersion]):
    list_display = ["kind", "version", "since"]
    list_select_related = ["version"]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Tuning)
class TuningAdmin(ReadOnlyAdmin[Tuning]):
    list_display = ["__str__", "message", "trials", "posts", "photos", "created"]
    list_filter = ["kind"]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin[Upload]):
    """Uploads belong to the people who sent them: the admin shows how they went, not what is on them."""

    list_display = ["id", "state", "reason", "attempts", "answered_by", "created", "finished"]
    list_filter = ["state", "reason"]
    fields = ["id", "state", "reason", "message", "attempts", "answered_by", "timings", "created", "finished"]
    date_hierarchy = "created"

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
