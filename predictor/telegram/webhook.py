"""The address that Telegram tells updates to, where the bot does not ask for them."""

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from predictor import queue
from predictor.telegram import inbox

HEADER = "X-Telegram-Bot-Api-Secret-Token"


def secret() -> str:
    """Return what Telegram proves itself with: the setting, else a text made of the site's secret key."""
    return settings.TELEGRAM_SECRET or salted_hmac("predictor.telegram.webhook", settings.TELEGRAM_TOKEN).hexdigest()


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Store an update and tell the bot. Whatever is not stored is answered by an error, so that it is sent again."""
    if not settings.TELEGRAM_TOKEN:
        raise Http404
    if not constant_time_compare(request.headers.get(HEADER, "").encode(), secret().encode()):
        return HttpResponse("The secret token is missing or wrong.\n", status=403, content_type="text/plain")
    try:
        payload = json.loads(request.body)
        if not isinstance(payload, dict):
            raise inbox.InboxError("An update is an object.")
        inbox.store(payload)
    except (ValueError, RecursionError) as error:  # no JSON, or no update
        return HttpResponse(f"{error}\n", status=400, content_type="text/plain")
    queue.announce_update(payload["update_id"])
    return HttpResponse()
