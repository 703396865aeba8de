"""The webhook: updates are posted to the bot's address, each again until it is taken."""

import json
import re
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from tests.telegram.bot_api.fields import Json, bad_request
from tests.telegram.bot_api.updates import Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PAUSE, POST_SECONDS = 0.1, 10
LOCAL = {"127.0.0.1", "localhost"}


@dataclass(slots=True)
class Webhook:
    """Where the bot wants its updates. Unlike Telegram, this server posts to this machine alone, by HTTP; it takes
    other addresses, as Telegram does where they have HTTPS, and says that nobody is there.
    """

    url: str = ""
    secret_token: str = ""
    max_connections: int = 40
    error: str = ""
    failed_at: int = 0

    def check(self) -> None:
        parts = urlsplit(self.url)
        if not parts.hostname or parts.scheme not in ("http" if parts.hostname in LOCAL else "", "https"):
            raise bad_request("invalid webhook URL specified")
        if len(self.secret_token) > 256:
            raise bad_request("secret token is too long")
        if not re.fullmatch(r"[\w-]*", self.secret_token, re.ASCII):
            raise bad_request("secret token contains unallowed characters")

    def post(self, update: Json) -> str:
        """Post an update, and return what went wrong, or nothing."""
        parts = urlsplit(self.url)
        if parts.scheme != "http":
            return "Connection refused"
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=POST_SECONDS)
        secret = {SECRET_HEADER: self.secret_token} if self.secret_token else {}
        path = parts._replace(scheme="", netloc="").geturl() or "/"
        try:
            connection.request("POST", path, json.dumps(update), {"Content-Type": "application/json", **secret})
            response = connection.getresponse()
            taken = 200 <= response.status < 300
            return "" if taken else f"Wrong response from the webhook: {response.status} {response.reason}"
        except (OSError, HTTPException) as error:
            return str(error) or type(error).__name__
        finally:
            connection.close()


class Postman:
    """Posts what is pending, one update after the other, as long as there is a webhook."""

    def __init__(self, updates: Updates) -> None:
        self.updates = updates
        self.webhook = Webhook()
        self._stopped = True
        self._thread = threading.Thread()

    def start(self) -> None:
        self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        with self.updates.changed:
            self._stopped = True
            self.updates.changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        changed = self.updates.changed
        while True:
            with changed:
                changed.wait_for(lambda: self._stopped or (self.webhook.url and self.updates.pending))
                if self._stopped:
                    return
                webhook, pending = self.webhook, self.updates.pending[0]
            error = webhook.post(pending.update)
            with changed:
                webhook.error, webhook.failed_at = error, int(time.time())
                if not error:
                    self.updates.pending = [one for one in self.updates.pending if one is not pending]
                changed.notify_all()
            if error:
                time.sleep(PAUSE)
