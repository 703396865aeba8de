"""Admin pages of tunings and uploads, to look at."""

from django.contrib import admin

from corpus.admin.base import ReadOnlyAdmin
from predictor.models import Tuning, Upload


@admin.register(Tuning)
class TuningAdmin(ReadOnlyAdmin[Tuning]):
    list_display = ["__str__", "message", "trials", "posts", "photos", "created"]
    list_filter = ["kind"]


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin[Upload]):
    """Uploads belong to the people who sent them: the admin shows how they went, not what is on them."""

    list_display = ["id", "state", "reason", "attempts", "answered_by", "created", "finished"]
    list_filter = ["state", "reason"]
    fields = ["id", "state", "reason", "message", "attempts", "answered_by", "timings", "created", "finished"]
    date_hierarchy = "created"
