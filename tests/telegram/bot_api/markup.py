"""Keyboards under messages: an inline keyboard or ForceReply, each with the shape that the Bot API wants."""

from typing import Any

from tests.telegram.bot_api.fields import Json, bad_request, only
from tests.telegram.bot_api.text import units

DATA_LIMIT, BUTTON_LIMIT, COPIED_LIMIT, PLACEHOLDER_LIMIT = 64, 100, 256, 64
ACTIONS = {"callback_data", "url", "copy_text"}


def check_markup(markup: Json | None) -> None:
    """Refuse what can't go with a message that is sent."""
    if markup is not None and "force_reply" in markup:
        _check_force_reply(markup)
    else:
        check_keyboard(markup)


def check_keyboard(markup: Json | None) -> None:
    """Refuse what is no inline keyboard: a message that is edited can't have another."""
    if markup is None:
        return
    if "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    rows = only({"inline_keyboard"}, markup, "inline keyboard")["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse inline keyboard markup JSON object")
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTON_LIMIT:
        raise bad_request("reply markup is too long")
    for button in buttons:
        _check_button(button)


def _check_button(button: Any) -> None:
    what = "inline keyboard button"
    only({"text"} | ACTIONS, button, what)
    if not isinstance(button.get("text"), str) or not button["text"]:
        raise bad_request(f'can\'t parse {what}: Field "text" must be of type String')
    actions = [name for name in sorted(ACTIONS) if button.get(name)]
    if not actions:
        raise bad_request(f"can't parse {what}: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request(f"can't parse {what}: exactly one optional field must be used")
    if len(str(button.get("callback_data", "")).encode()) > DATA_LIMIT:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not str(button["url"]).startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if "copy_text" in button:
        copied = only({"text"}, button["copy_text"], what).get("text")
        if not isinstance(copied, str) or not 1 <= units(copied) <= COPIED_LIMIT:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_force_reply(markup: Json) -> None:
    only({"force_reply", "selective", "input_field_placeholder"}, markup, "force reply")
    if markup["force_reply"] is not True or not isinstance(markup.get("selective", False), bool):
        raise bad_request("can't parse force reply: a field must be of type Boolean")
    placeholder = markup.get("input_field_placeholder", "-")
    if not isinstance(placeholder, str) or not 1 <= units(placeholder) <= PLACEHOLDER_LIMIT:
        raise bad_request("can't parse force reply: wrong input field placeholder")
