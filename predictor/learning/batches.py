"""What a training run has before it: how much there is to learn from, and what of it is new to the version before."""

from typing import Any

from predictor.learning import hindrances, runs, snapshots
from predictor.learning.snapshots import Snapshot
from predictor.models import Contribution, ModelVersion, TrainingRun, VersionHashtag

LISTED = 100  # of each that are named; all are counted
CHUNK = 500  # ids in one query


def corpus() -> dict[str, int]:
    """Return by what a later look tells whether there is something new: two numbers that no clock is in."""
    return {"decisions": runs.decisions(), "corpus": snapshots.training_posts().count()}


def has_news(kind: str, serving: ModelVersion | None) -> bool:
    """Whether the corpus is another one than a kind has last learned from, over all sources, or than what serves."""
    if serving is not None and hindrances.withdrawn_since(serving):
        return True
    now = corpus()
    last = TrainingRun.objects.filter(kind=kind, state=TrainingRun.State.DONE, sources=[]).first()
    if last is not None:
        return any(last.batch.get(name) != number for name, number in now.items())
    learned = serving.posts if serving else 0
    return now != {"decisions": 0, "corpus": learned}


def describe(snapshot: Snapshot, parent: ModelVersion | None) -> dict[str, Any]:
    """Return what is new in a snapshot: posts, contributions and hashtags, each with its number and the first of them.

    A post is new above the parent's watermark; `gone` counts the posts that the parent knew and that are no more.
    """
    watermark = parent.watermark if parent else 0
    posts = [post.id for post in snapshot.posts if post.id > watermark]
    given = _contributions(posts)
    known = set(VersionHashtag.objects.filter(version=parent).values_list("tag", flat=True)) if parent else set()
    tags = sorted({tag for post in snapshot.posts for tag in post.tags} - known)
    return {
        "posts": len(posts),
        "post_ids": posts[:LISTED],
        "contributions": len(given),
        "contribution_ids": given[:LISTED],
        "hashtags": len(tags),
        "new_hashtags": tags[:LISTED],
        "gone": max(0, parent.posts + len(posts) - len(snapshot.posts)) if parent else 0,
    }


def _contributions(posts: list[int]) -> list[str]:
    found: list[str] = []
    for start in range(0, len(posts), CHUNK):
        here = Contribution.objects.approved().filter(post__in=posts[start : start + CHUNK]).order_by("post")
        found += [str(id) for id in here.values_list("pk", flat=True)]
    return found
