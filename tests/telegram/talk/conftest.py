"""A chat, and photos of it that both models have answered."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from predictor.models import TelegramChat, TelegramPhoto
from tests.contributions import MakeAnswered

MakePhoto = Callable[..., TelegramPhoto]


@pytest.fixture
def chat(db: None) -> TelegramChat:
    return TelegramChat.objects.create(key="telegram:mine")


@pytest.fixture
def other_chat(db: None) -> TelegramChat:
    return TelegramChat.objects.create(key="telegram:other")


@pytest.fixture
def make_photo(chat: TelegramChat, make_answered: MakeAnswered) -> MakePhoto:
    """Return a maker of answered photos: messages 100, 110, ..., with the answer under each."""
    numbers = count(100, 10)

    def make(chat: TelegramChat = chat, **fields: Any) -> TelegramPhoto:
        number = next(numbers)
        upload = make_answered(owner_token=chat.key, seed=number)
        values = {"message_id": number, "answer_id": number + 1, "state": TelegramPhoto.State.DONE, "upload": upload}
        return TelegramPhoto.objects.create(chat=chat, **{**values, **fields})

    return make


@pytest.fixture
def photo(make_photo: MakePhoto) -> TelegramPhoto:
    return make_photo()
