"""`make bench`: how fast the Telegram bot is, with the tests' own server of the Bot API on the same machine.

A fresh site is started in a temporary home with the starter models and its bot. Times run from the moment when the
server has a photo for the bot to the moment when the answer has arrived there.
"""

import os
import signal
import tempfile
import time
from pathlib import Path

from tests.benchmarks.page import report
from tests.benchmarks.photos import enlarged
from tests.benchmarks.speed import say, start_site
from tests.telegram.bot_api import BotApi, Chat

ROUNDS, PAUSE = 20, 1.2  # photos that are sent one after the other, and seconds between them
CHATS, EACH = 20, 5  # photos that are sent at once
SIDE, GOAL = 1080, 400  # pixels, milliseconds


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, BotApi() as api:
        home = Path(folder)
        os.environ |= {
            "TAG4PIC_HOME": folder,
            "TAG4PIC_TELEGRAM_TOKEN": api.token,
            "TAG4PIC_TELEGRAM_API": api.url,
            "OMP_WAIT_POLICY": "PASSIVE",
        }
        site, _address = start_site()
        try:
            photo = enlarged(SIDE, home / "photo.jpg").read_bytes()
            one_after_the_other(api, photo)
            all_at_once(api, photo)
        finally:
            site.send_signal(signal.SIGINT)
            site.wait(60)


def one_after_the_other(api: BotApi, photo: bytes) -> None:
    chat = api.private_chat(1)
    times = [1000 * answered(api, chat, photo, number) for number in range(ROUNDS + 1)][1:]
    say(f"{f'median of {ROUNDS}, Bot API on the same machine':44}{'median':>10}{'slowest':>10}{'goal':>12}")
    report(f"photo of {SIDE} pixels to answer sent", times, GOAL)


def answered(api: BotApi, chat: Chat, photo: bytes, number: int) -> float:
    """Send a photo that the site has not seen, and return the seconds until its answer is there."""
    time.sleep(PAUSE)  # Telegram takes one message a second in a chat
    expected, sent = len(chat.messages) + 1, time.monotonic()
    chat.sends_photo(photo + f"round {number}".encode())
    api.wait_for(lambda: len(chat.messages) >= expected)
    return time.monotonic() - sent


def all_at_once(api: BotApi, photo: bytes) -> None:
    chats = [api.private_chat(100 + number) for number in range(CHATS)]
    started = time.monotonic()
    sent = {
        chat.id: [chat.sends_photo(photo + f"chat {chat.id} {number}".encode()).id for number in range(EACH)]
        for chat in chats
    }
    api.wait_for(lambda: all(len(chat.messages) >= EACH for chat in chats), 300)
    seconds = time.monotonic() - started
    time.sleep(2)  # whatever is said twice is said by then
    in_order = sum([message.reply_to for message in chat.messages] == sent[chat.id] for chat in chats)
    refused = sum(request.status == 429 for request in api.requests)
    say(
        f"{CHATS * EACH} photos from {CHATS} chats at once: all answered after {seconds:.1f} s, "
        f"each once and in order in {in_order} of {CHATS} chats; {refused} requests refused as too many"
    )


if __name__ == "__main__":
    main()
