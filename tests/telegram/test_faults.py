"""What goes wrong between the bot and Telegram, and the bot that is killed: each photo gets one answer."""

import random
import time
from collections.abc import Callable, Iterator

import pytest

from tests.end_to_end.waiting import wait_for
from tests.telegram.bot_api.chats import Chat, Message
from tests.telegram.conftest import BotSite

pytestmark = pytest.mark.slow
CHATS, PHOTOS, KILLS = 20, 3, 6


@pytest.fixture
def chat(bot_site: BotSite) -> Iterator[Chat]:
    """A chat that nobody has used before, and a bot that is at rest before and after."""
    wait_for(bot_site.is_settled)
    yield bot_site.api.private_chat(random.randrange(10**6, 10**9))


@pytest.fixture
def send(photo: bytes) -> Callable[[Chat], Message]:
    """Send a photo that was not sent before."""
    return lambda chat: chat.sends_photo(photo + random.randbytes(8))


def settled(site: BotSite, chat: Chat) -> list[Message]:
    """Return what the bot has said in a chat once it has said something and nothing waits any more."""
    wait_for(lambda: bool(chat.messages) and site.is_settled(), 90)
    return chat.messages


def is_answer(message: Message) -> bool:
    return "#cat" in message.text.casefold()


@pytest.mark.parametrize("status", [None, 500, 502])
@pytest.mark.parametrize("before", [True, False])
def test_an_answer_that_gets_lost(
    bot_site: BotSite, chat: Chat, send: Callable[[Chat], Message], status: int | None, before: bool
) -> None:
    bot_site.api.fail("sendMessage", status, before=before)
    sent = send(chat)
    [answer] = settled(bot_site, chat)
    assert is_answer(answer) and answer.reply_to == sent.id
    chat.presses(answer, "Why?")
    bot_site.api.wait_for(lambda: "Back" in answer.labels)


@pytest.mark.parametrize("status", [429, 502, None])
def test_an_answer_that_gets_lost_and_telegram_with_it(
    bot_site: BotSite, chat: Chat, send: Callable[[Chat], Message], status: int | None
) -> None:
    bot_site.api.fail("sendMessage", None, before=False)
    bot_site.api.fail("editMessageText", status, retry_after=1)
    sent = send(chat)
    [answer] = settled(bot_site, chat)
    assert is_answer(answer) and answer.reply_to == sent.id


def test_the_network_goes_with_an_answer(bot_site: BotSite, chat: Chat, send: Callable[[Chat], Message]) -> None:
    hang = bot_site.api.hang("sendMessage")
    sent = send(chat)
    assert hang.acted.wait(30)
    bot_site.api.stop()
    time.sleep(1.5)
    bot_site.api.start()
    [answer] = settled(bot_site, chat)
    assert is_answer(answer) and answer.reply_to == sent.id


def test_the_bot_is_killed_while_its_answer_is_on_the_way(
    bot_site: BotSite, chat: Chat, send: Callable[[Chat], Message]
) -> None:
    hang = bot_site.api.hang("sendMessage")
    sent = send(chat)
    assert hang.acted.wait(30)
    bot_site.kill_the_bot()
    hang.release()
    [answer] = settled(bot_site, chat)
    assert is_answer(answer) and answer.reply_to == sent.id
    bot_site.api.redeliver(sent.update)
    later = chat.says("/which")
    wait_for(lambda: len(chat.messages) > 1)
    assert [message.reply_to for message in settled(bot_site, chat)] in ([sent.id, later.id], [sent.id, None])


def test_the_bot_is_killed_again_and_again(bot_site: BotSite, photo: bytes) -> None:
    chats = [bot_site.api.private_chat(random.randrange(10**6, 10**9)) for _ in range(CHATS)]
    sent = {chat.id: [chat.sends_photo(photo + random.randbytes(8)) for _ in range(PHOTOS)] for chat in chats}
    for _ in range(KILLS):
        time.sleep(random.uniform(0.2, 1.5))
        bot_site.kill_the_bot()
    wait_for(lambda: sum(len(chat.messages) for chat in chats) >= CHATS * PHOTOS and bot_site.is_settled(), 90)
    for chat in chats:
        assert [message.reply_to for message in chat.messages] == [message.id for message in sent[chat.id]]
        assert all(is_answer(message) for message in chat.messages)


def test_telegram_wants_to_be_left_alone(bot_site: BotSite, chat: Chat, send: Callable[[Chat], Message]) -> None:
    bot_site.api.fail("sendMessage", 429, retry_after=2)
    send(chat)
    [answer] = settled(bot_site, chat)
    assert is_answer(answer)
    refused, sent = [request.at for request in bot_site.api.requests_of("sendMessage")[-2:]]
    assert sent - refused >= 2


def test_the_network_is_away(bot_site: BotSite, chat: Chat, send: Callable[[Chat], Message]) -> None:
    bot_site.api.stop()
    sent = send(chat)
    time.sleep(2)
    bot_site.api.start()
    [answer] = settled(bot_site, chat)
    assert is_answer(answer) and answer.reply_to == sent.id


def test_a_photo_that_cannot_be_fetched_at_once(bot_site: BotSite, chat: Chat, send: Callable[[Chat], Message]) -> None:
    bot_site.api.fail("getFile", 502)
    bot_site.api.fail("file", None)
    send(chat)
    [answer] = settled(bot_site, chat)
    assert is_answer(answer)


def test_whoever_blocks_the_bot_holds_nobody_up(bot_site: BotSite, chat: Chat, send: Callable[[Chat], Message]) -> None:
    with bot_site.api.updates_held():
        send(chat)
        send(chat)
        other = bot_site.api.private_chat(random.randrange(10**6, 10**9))
        send(other)
        chat.blocks()
    [answer] = settled(bot_site, other)
    assert is_answer(answer) and chat.messages == []
    chat.unblocks()
    send(chat)
    assert len(settled(bot_site, chat)) == 1


def test_a_group_that_becomes_a_supergroup(bot_site: BotSite, photo: bytes) -> None:
    member = random.randrange(10**6, 10**9)
    group = bot_site.api.group(member, supergroup=False)
    group.sends_photo(photo + random.randbytes(8), caption="@tag4pic_bot")
    [answer] = settled(bot_site, group)
    assert is_answer(answer)
    supergroup = group.becomes_supergroup()
    supergroup.says("/forget@tag4pic_bot")
    [question] = settled(bot_site, supergroup)
    kept = bot_site.ask("SELECT count(*) FROM predictor_upload")[0]
    supergroup.presses(question, "Delete everything")
    wait_for(lambda: bot_site.ask("SELECT count(*) FROM predictor_upload")[0] == kept - 1)


def test_updates_come_in_another_order_and_twice(
    bot_site: BotSite, chat: Chat, send: Callable[[Chat], Message]
) -> None:
    with bot_site.api.updates_held() as held:
        sent = [send(chat) for _ in range(3)]
        held[:] = [held[2], held[0], held[1], held[0]]
    wait_for(lambda: len(chat.messages) >= 3)
    answers = settled(bot_site, chat)
    assert sorted(message.reply_to or 0 for message in answers) == [message.id for message in sent]


def test_another_program_asks_for_the_updates(bot_site: BotSite, chat: Chat, send: Callable[[Chat], Message]) -> None:
    bot_site.api.fail("getUpdates", 409)
    send(chat)
    [answer] = settled(bot_site, chat)
    assert is_answer(answer)


def test_no_log_tells_the_token(bot_site: BotSite) -> None:
    logs = "".join(file.read_text() for file in (bot_site.home / "logs").glob("*.log*"))
    assert "@tag4pic_bot is here" in logs
    assert bot_site.api.token not in logs
    assert "Traceback" not in logs
