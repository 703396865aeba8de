"""The methods of the Bot API that are about the bot itself: who it is, how it gets updates and files, its commands."""

import json
import re
from dataclasses import dataclass
from typing import Any

from tests.telegram.bot_api import methods
from tests.telegram.bot_api.account import Account
from tests.telegram.bot_api.fields import Json, bad_request, conflict, only
from tests.telegram.bot_api.methods import Method
from tests.telegram.bot_api.webhook import Webhook

COMMANDS_LIMIT, DESCRIPTION_LIMIT = 100, 256


@dataclass(frozen=True, kw_only=True)
class GetMe(Method):
    def answer(self, account: Account) -> Json:
        may = {"can_join_groups": True, "can_read_all_group_messages": True, "supports_inline_queries": False}
        return {**account.bot, **may}


@dataclass(frozen=True, kw_only=True)
class GetUpdates(Method):
    offset: int = 0
    limit: int = 100
    timeout: int = 0
    allowed_updates: list[Any] | None = None

    def answer(self, account: Account) -> list[Json]:
        if account.postman.webhook.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        account.updates.allow(self.allowed_updates)
        return account.updates.take(self.offset, self.limit, self.timeout)


@dataclass(frozen=True, kw_only=True)
class DeleteWebhook(Method):
    drop_pending_updates: bool = False

    def answer(self, account: Account) -> bool:
        if self.drop_pending_updates:
            account.updates.drop()
        account.postman.webhook = Webhook()
        return True


@dataclass(frozen=True, kw_only=True)
class SetWebhook(DeleteWebhook):
    url: str = ""
    secret_token: str = ""
    max_connections: int = 40
    allowed_updates: list[Any] | None = None

    def answer(self, account: Account) -> bool:
        webhook = Webhook(self.url, self.secret_token, self.max_connections)
        if not self.url:
            return super().answer(account)
        webhook.check()
        super().answer(account)
        account.updates.allow(self.allowed_updates)
        account.updates.end_poll("terminated by setWebhook request")
        account.postman.webhook = webhook
        return True


@dataclass(frozen=True, kw_only=True)
class GetWebhookInfo(Method):
    def answer(self, account: Account) -> Json:
        webhook, updates = account.postman.webhook, account.updates
        info = {"url": webhook.url, "has_custom_certificate": False, "pending_update_count": len(updates.pending)}
        if webhook.url:
            info["max_connections"] = webhook.max_connections
        if updates.allowed:
            info["allowed_updates"] = sorted(updates.allowed)
        if webhook.error:
            info |= {"last_error_date": webhook.failed_at, "last_error_message": webhook.error}
        return info


@dataclass(frozen=True, kw_only=True)
class GetFile(Method):
    file_id: str = ""

    def answer(self, account: Account) -> Json:
        return account.files.tell(self.file_id)


@dataclass(frozen=True, kw_only=True)
class GetMyCommands(Method):
    scope: Json | None = None
    language_code: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return json.dumps(self.scope or {"type": "default"}, sort_keys=True), self.language_code

    def answer(self, account: Account) -> Any:
        return account.commands.get(self.key, [])


@dataclass(frozen=True, kw_only=True)
class SetMyCommands(GetMyCommands):
    commands: list[Any] | None = None

    def answer(self, account: Account) -> bool:
        commands = [only({"command", "description"}, one, "BotCommand") for one in self.commands or []]
        if len(commands) > COMMANDS_LIMIT:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        for one in commands:
            if not re.fullmatch("[a-z0-9_]{1,32}", str(one.get("command", ""))):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(str(one.get("description", ""))) <= DESCRIPTION_LIMIT:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        account.commands[self.key] = commands
        return True


METHODS: dict[str, type[Method]] = {
    kind.__name__.lower(): kind
    for kind in (
        GetMe,
        GetUpdates,
        SetWebhook,
        DeleteWebhook,
        GetWebhookInfo,
        GetFile,
        SetMyCommands,
        GetMyCommands,
        methods.SendMessage,
        methods.SendPhoto,
        methods.SendDocument,
        methods.SendMediaGroup,
        methods.EditMessageText,
        methods.EditMessageReplyMarkup,
        methods.DeleteMessage,
        methods.SendChatAction,
        methods.AnswerCallbackQuery,
    )
}
