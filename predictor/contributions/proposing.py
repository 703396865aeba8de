"""Which hashtags are proposed while somebody types one: those that they gave before, then those of the vocabulary."""

from corpus.hashtags import HashtagRefused, parse
from corpus.models import Hashtag
from predictor.contributions.contributed_tags import REFUSED
from predictor.models import Contribution, ContributionQuerySet

MOST = 8  # proposals
LOOKED_AT = 200  # of one's own contributions


def beginning_with(text: str, mine: ContributionQuerySet) -> list[dict[str, object]]:
    """Return hashtags that begin with a text: key, display form, how many posts carry it, and whether it is one's own.

    Nothing is proposed that is banned, spam, or an alias of another hashtag, and of others' words nothing that no post
    carries any more.
    """
    try:
        start = parse(text).key
    except HashtagRefused:
        return []
    own = [key for key in _given(mine) if key.startswith(start)][:MOST]
    usable = Hashtag.objects.with_meaning().exclude(status__in=REFUSED)
    known = {row.key: row for row in usable.filter(key__in=own)}
    common = (
        usable.filter(key__startswith=start, posts_number__gt=0).exclude(key__in=own).order_by("-posts_number", "key")
    )
    rows = [known[key] for key in own if key in known]
    rows += list(common[: MOST - len(rows)])
    return [
        {"key": row.key, "display": row.display, "posts": row.posts_number, "own": row.key in known} for row in rows
    ]


def _given(mine: ContributionQuerySet) -> list[str]:
    """Return the hashtags of somebody's contributions, the latest first."""
    rows: list[Contribution] = list(mine.order_by("-created")[:LOOKED_AT])
    return list(dict.fromkeys(tag for row in rows for tag in row.tags))
