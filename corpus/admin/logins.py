"""Logins that failed or worked, as django-axes writes them down, on pages as steady as the others."""

from axes.admin import AccessAttemptAdmin, AccessFailureLogAdmin, AccessLogAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin

from corpus.admin.base import SteadyMixin

admin.site.unregister([AccessAttempt, AccessFailureLog, AccessLog])


@admin.register(AccessAttempt)
class SteadyAttemptAdmin(SteadyMixin, AccessAttemptAdmin):  # type: ignore[misc]
    pass


@admin.register(AccessFailureLog)
class SteadyFailureAdmin(SteadyMixin, AccessFailureLogAdmin):  # type: ignore[misc]
    pass


@admin.register(AccessLog)
class SteadyLogAdmin(SteadyMixin, AccessLogAdmin):  # type: ignore[misc]
    pass
