"""How hashtags stand in the corpus: how many posts and partners each one has, its tier, and how generic it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import QuerySet

from corpus.models import Hashtag, Post, Tagging

if TYPE_CHECKING:  # this module is imported by web processes, and the arithmetic is not done there
    import numpy as np
    from numpy.typing import NDArray

RARE_BELOW = 5  # posts; a hashtag with fewer is rare, and too little is known of it to call it generic or not
BLOCK = 1000  # hashtags whose partners are counted at once, which bounds the memory
MOST_TAGS = 200  # on a post; a list that is longer is no company, and its pairs would not fit into memory
READ, WRITTEN = 10_000, 2_000  # taggings read, and hashtags written, at once
COLUMNS = ("posts_number", "partners_number", "genericness", "tier")
DECIMALS = 4
THIRDS = (Hashtag.Tier.POPULAR, Hashtag.Tier.COMMON, Hashtag.Tier.SPECIFIC)

Numbers = tuple[int, int, float | None, str]  # what `COLUMNS` hold
NONE: Numbers = (0, 0, None, "")


@dataclass(frozen=True, slots=True)
class Taggings:
    """Which approved post carries which hashtag, each pair once and in numbers; aliases are what they stand for."""

    ids: NDArray[np.int64]  # of the hashtags that stand on any post, ascending, [hashtags]
    posts: NDArray[np.int64]  # number of the post, [pairs]
    hashtags: NDArray[np.int64]  # place in `ids`, [pairs]


def refresh() -> str:
    """Count every hashtag anew on the approved posts, write the rows that changed, and return a sentence about it.

    A post counts a hashtag once, under whichever alias. Aliases themselves and hashtags without posts have no numbers;
    banned hashtags keep theirs. Call it after imports, scrapes and bulk changes; two calls at once do no harm.
    """
    taggings = _read()
    counted = dict(zip(taggings.ids.tolist(), _numbers(taggings), strict=True))
    stored = Hashtag.objects.order_by("id").values_list("id", *COLUMNS).iterator(chunk_size=READ)
    changed = [(*wanted, id) for id, *columns in stored if tuple(columns) != (wanted := counted.get(id, NONE))]
    _write(changed)
    posts = int(taggings.posts.max(initial=-1)) + 1
    return f"Counted {len(counted):,} hashtags on {posts:,} posts; the numbers of {len(changed):,} changed."


def tiers(counts: Iterable[int]) -> list[str]:
    """Return the tier of each hashtag, given how many posts each one has.

    Hashtags in order of their posts: those that cover the first third of all occurrences are popular, those of the
    second third common, the others specific; equal numbers share a tier. Below RARE_BELOW posts a hashtag is rare.
    """
    listed = list(counts)
    tier, before, total = {0: ""}, 0, sum(listed)
    for count, hashtags in sorted(Counter(listed).items(), reverse=True):
        if count:
            third = THIRDS[3 * before // total]
            tier[count] = str(Hashtag.Tier.RARE if count < RARE_BELOW else third)
            before += count * hashtags
    return [tier[count] for count in listed]


def _read() -> Taggings:
    import numpy as np

    rows = _pairs().values_list("post_id", "hashtag_id").iterator(chunk_size=READ)
    pairs = np.fromiter(rows, dtype=[("post", np.int64), ("hashtag", np.int64)])
    aliases = Hashtag.objects.exclude(alias_of=None).order_by("id").values_list("id", "alias_of_id")
    names = np.array(list(aliases), np.int64).reshape(-1, 2)
    hashtags = pairs["hashtag"].copy()
    if len(names):
        place = np.minimum(np.searchsorted(names[:, 0], hashtags), len(names) - 1)
        hashtags = np.where(names[place, 0] == hashtags, names[place, 1], hashtags)
    ids, columns = np.unique(hashtags, return_inverse=True)
    _, posts = np.unique(pairs["post"], return_inverse=True)
    once = np.unique(posts * max(len(ids), 1) + columns)
    return Taggings(ids, once // max(len(ids), 1), once % max(len(ids), 1))


def _pairs() -> QuerySet[Tagging]:
    """The taggings of approved posts, in no order, as sorting them would take longer than reading."""
    approved = {"post__status": Post.Status.APPROVED, "post__duplicate_of": None}
    return Tagging.objects.filter(**approved).order_by()


def _numbers(taggings: Taggings) -> list[Numbers]:
    import numpy as np

    posts = np.bincount(taggings.hashtags, minlength=len(taggings.ids))
    partners, generic = _company(taggings, posts)
    columns = posts.tolist(), partners.tolist(), generic.tolist(), tiers(posts.tolist())
    return [
        (number, others, None if number < RARE_BELOW else round(value, DECIMALS), tier)
        for number, others, value, tier in zip(*columns, strict=True)
    ]


def _company(taggings: Taggings, posts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return how many partners each hashtag has, and how generic it is from 0 to 1, both [hashtags].

    genericness = exp(H(partners)) / exp(H(corpus)), at most 1. H(partners) is the entropy of the hashtags that stand
    beside this one, each weighted by the posts that they share; H(corpus) that of all hashtags by their posts. exp(H)
    is the number of equally frequent hashtags that would be as diverse ("effective number", Hill's N1: M. O. Hill,
    "Diversity and Evenness", Ecology 54, 1973). In a sentence: the share of the whole corpus's diversity that is found
    beside the hashtag. Few posts can only show few partners, so it errs towards 0 for hashtags with few posts, and no
    hashtag looks generic by chance; of those below RARE_BELOW nothing is said.
    """
    import numpy as np
    from scipy import sparse

    size = len(taggings.ids)
    short = np.bincount(taggings.posts)[taggings.posts] <= MOST_TAGS
    places = (taggings.posts[short], taggings.hashtags[short])
    shape = (int(taggings.posts.max(initial=-1)) + 1, size)
    table = sparse.csr_array((np.ones(len(places[0]), np.int32), places), shape=shape)
    turned = table.T.tocsr()
    partners, effective = [np.zeros(0, np.int64)], [np.zeros(0)]
    for start in range(0, size, BLOCK):
        beside = (turned[start : start + BLOCK] @ table).tocoo()
        rows, times = beside.row, beside.data
        others = rows + start != beside.col
        partners.append(np.bincount(rows[others], minlength=beside.shape[0]))
        effective.append(_effective(rows[others], times[others], beside.shape[0]))
    whole = _effective(np.zeros(size, np.int64), posts, 1)[0]
    return np.concatenate(partners), np.minimum(np.concatenate(effective) / max(whole, 1.0), 1.0)


def _effective(rows: NDArray[Any], times: NDArray[Any], size: int) -> NDArray[np.float64]:
    """Effective numbers, [size]: exp(entropy) of the counts `times` [n] that belong to each of the `rows` [n]."""
    import numpy as np

    totals = np.bincount(rows, weights=times, minlength=size)
    logs = np.bincount(rows, weights=times * np.log(times), minlength=size)
    some = np.maximum(totals, 1)
    return np.where(totals > 0, np.exp(np.log(some) - logs / some), 0.0)


def _write(rows: list[tuple[int | float | str | None, ...]]) -> None:
    """Write numbers, each with the id of its hashtag, by one prepared statement, a transaction for each batch."""
    quote = connection.ops.quote_name
    values = ", ".join(f"{quote(column)} = %s" for column in COLUMNS)
    statement = f"UPDATE {quote(Hashtag._meta.db_table)} SET {values} WHERE id = %s"
    for start in range(0, len(rows), WRITTEN):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(statement, rows[start : start + WRITTEN])
