"""What of an answer a chat gets to see: the five, and the first hashtags of the models that it has chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from predictor import five, presenting
from predictor.answers import BLEND, Answer, answer_to
from predictor.columns import SHOWN
from predictor.models import TelegramChat, TelegramPhoto, Upload
from predictor.people import muting

Shows = TelegramChat.Shows


@dataclass(frozen=True, slots=True)
class Shown:
    """Hashtags by their keys."""

    answer: Answer
    displays: Mapping[str, str]  # by key
    five: list[str]
    columns: dict[str, list[str]]  # by model, or the blend of both
    dropped: list[str]

    def kept(self, column: str) -> list[str]:
        """Return the display forms of what is left of a column."""
        return self.display(tag for tag in self.columns[column] if tag not in self.dropped)

    def display(self, tags: Iterable[str]) -> list[str]:
        return [self.displays.get(tag, tag) for tag in tags]

    @property
    def choices(self) -> dict[str, str]:
        """All that may be dropped or kept, as key and display form."""
        columns = [tag for column in self.columns.values() for tag in column]
        return {tag: self.displays.get(tag, tag) for tag in dict.fromkeys([*columns, *self.five, *self.dropped])}


def shown_of(photo: TelegramPhoto, upload: Upload) -> Shown:
    """Return what a chat gets to see of the answer to its photo. What is barred or muted is left out.

    The five are chosen anew from what was not dropped.
    """
    answer = answer_to(upload)
    standing = presenting.standing_of(answer)
    rankings = answer.columns(without=muting.muted(photo.chat.visitor))
    columns = [Shows.ALS, Shows.W2V] if photo.shows == Shows.BOTH else [Shows(photo.shows)]
    left = [item for item in rankings[BLEND] if item.tag not in photo.dropped]
    return Shown(
        answer,
        standing.displays,
        [pick.tag for pick in five.pick(left, standing)],
        {
            column: [item.tag for item in rankings.get(column, [])[:SHOWN] if standing.may_be_posted(item.tag)]
            for column in columns
        },
        list(photo.dropped),
    )
