"""The overview: what waits for a decision, and how the corpus stands, in charts that have their numbers beside them."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from corpus import figures, popular
from corpus.charts import Bar, Bars, bars, curve, stacked
from corpus.models import Hashtag, ImportRun, Post, ScrapeRun
from corpus.models.posts import APART, WAITING

TOP, LEAST = 20, 10  # hashtags shown
MOST_TAGS = 30  # columns


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the charts to the admin's first page, for staff who may see posts. The theme calls this."""
    context["title"] = _("Overview")
    if not request.user.has_perm("corpus.view_post"):
        return context
    sources, posts = figures.posts_by_source(), _counted()
    return {
        **context,
        "totals": _totals(sources, posts),
        "waiting": _waiting(posts),
        "sources": stacked(
            [
                (row.name, {"approved": row.approved, "pending": row.pending, "rejected": row.rejected})
                for row in sources
            ]
        ),
        "tags_per_post": _histogram(),
        "top": _top(),
        "tail": curve(figures.tail()),
        "coverage": _coverage(),
    }


def _totals(sources: list[figures.SourceCount], posts: dict[str, int]) -> dict[str, int]:
    return {
        "posts": sum(row.total for row in sources),
        "approved": sum(row.approved for row in sources),
        "photos": posts["photos"],
        "hashtags": Hashtag.objects.filter(posts_number__gt=0).count(),
    }


def _counted() -> dict[str, int]:
    """Count posts by what matters here, all in one walk over them."""
    return Post.objects.aggregate(
        photos=Count("pk", filter=~Q(image="")),
        pending=Count("pk", filter=WAITING),
        apart=Count("pk", filter=APART),
    )


def _waiting(posts: dict[str, int]) -> dict[str, int]:
    stuck = [ScrapeRun.State.FAILED, ScrapeRun.State.PAUSED]
    return {
        "pending": posts["pending"],
        "apart": posts["apart"],
        "imports": ImportRun.objects.under_way().count(),
        "scrapes": ScrapeRun.objects.filter(state__in=stuck).count(),
    }


def _histogram() -> Bars:
    """Return how many posts have how many hashtags; the last column holds all that have more."""
    counted = figures.tags_per_post()
    rows = [(str(number), posts) for number, posts in counted if number <= MOST_TAGS]
    more = sum(posts for number, posts in counted if number > MOST_TAGS)
    return bars(rows + ([(f"> {MOST_TAGS}", more)] if more else []))


def _top() -> Bars:
    rows = figures.top_hashtags(TOP)
    return bars([(str(row), row.posts_number) for row in rows], [row.pk for row in rows])


def _coverage() -> dict[str, Any]:
    """Return how many of the popular hashtags have what is wanted, and those that lack most."""
    rows = sorted(popular.coverage(), key=lambda row: row.share)
    least = [Bar(str(row.popular), row.posts, f"{100 * row.share:.2f}") for row in rows[:LEAST]]
    return {"rows": least, "full": sum(not row.missing for row in rows), "number": len(rows)}
