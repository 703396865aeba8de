"""Pages go over the wire compressed; pictures and archives, which are so already, as they are."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT = ("text/", "application/json", "application/problem+json")


class TextCompressionMiddleware(GZipMiddleware):
    """Compresses what is text. Django pads it by a random length, so that its size tells nothing of secrets in it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(TEXT):
            return response
        return super().process_response(request, response)
