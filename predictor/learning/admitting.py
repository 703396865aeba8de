"""Which approved contributions training takes up: all of a small batch, of a large one a fifth of each giver."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from corpus.models import Source
from predictor.models import Contribution

CAPPED_FROM = 50  # contributions in a batch
SHARE = 5  # one giver's part of it is at most one in so many
ALWAYS = CAPPED_FROM // SHARE  # what one giver may have in any batch
BATCH = 500  # rows written at once


def admit() -> int:
    """Take up what was approved since the last time, before a snapshot is taken; return how many.

    What exceeds its giver's share stays out of every snapshot, oldest first in, until a later batch has room for it.
    What was once taken up stays, so that a full run learns from what the incremental ones did.
    """
    with transaction.atomic():
        Source.objects.lock()  # one at a time: two runs at once would let twice as much in
        rows = [id for id, _ in next_batch()]
        now = timezone.now()
        for start in range(0, len(rows), BATCH):
            Contribution.objects.filter(pk__in=rows[start : start + BATCH]).update(admitted=now)
    return len(rows)


def next_batch() -> list[tuple[UUID, int]]:
    """Return the contributions that would be taken up now, each with its post. An account is one giver, else a browser
    session is.
    """
    batch = list(Contribution.objects.to_admit().values_list("pk", "post", "owner", "owner_token"))
    places = within_share([owner or token or id for id, _, owner, token in batch])
    return [batch[place][:2] for place in places]


def within_share(givers: Sequence[Hashable]) -> list[int]:
    """Return the places of a batch that are within their giver's share, those of each giver in order."""
    counts = Counter(givers)
    most = len(givers) if len(givers) < CAPPED_FROM else allowance(counts.values())
    taken, places = Counter[Hashable](), list[int]()
    for place, giver in enumerate(givers):
        taken[giver] += 1
        if taken[giver] <= most:
            places.append(place)
    return places


def allowance(counts: Collection[int]) -> int:
    """Return how many contributions each giver may have: the largest number that is a fifth of all that are then taken.

    It is never less than a fifth of the smallest batch that is capped. What is taken grows ever slower with the
    number, so that the first number which is too large ends the search.
    """
    numbers = range(1, max(counts, default=0) + 1)
    too_large = bisect_left(numbers, True, key=lambda n: SHARE * n > sum(min(count, n) for count in counts))
    return max(ALWAYS, too_large)
