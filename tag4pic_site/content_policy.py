"""The content policy by address: strict on every public page, looser under /admin/ where its theme needs that."""

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

ADMIN = "/admin/"
ADMIN_SOURCES = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}  # never an inline script


class ContentPolicyMiddleware(CSPMiddleware):
    """Sends the policy of the settings; docs/decisions/0004-unfold-admin.md says why the admin's differs."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(ADMIN) and not report_only:
            parts.update = {**(parts.update or {}), **ADMIN_SOURCES}
        return parts
