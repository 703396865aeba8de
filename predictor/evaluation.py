"""Evaluation: how good the active versions are on photos whose hashtags people gave, beside the popularity baseline."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from predictor import embeddings, snapshots, versions
from predictor.ml.blend import blend
from predictor.ml.contract import Model, Progress, TaggedPost, silent
from predictor.ml.metrics import HEAD, Metrics, limit, measure, popularity
from predictor.models import ModelVersion
from predictor.snapshots import Snapshot

DEPTH = 200  # hashtags of each ranking that are looked at before `--vocab` limits them


class NothingToMeasure(Exception):
    """There are no photos to measure on; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    version: str | None
    metrics: Metrics

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "version": self.version, **asdict(self.metrics)}


@dataclass(frozen=True, slots=True)
class Report:
    """Every ranking measured on the same photos."""

    split: str
    posts: int
    rows: list[Row]

    def as_dict(self) -> dict[str, Any]:
        return {"split": self.split, "posts": self.posts, "rows": [row.as_dict() for row in self.rows]}


def evaluate(
    split: str, sources: Collection[str] = (), words: Collection[str] | None = None, progress: Progress = silent
) -> Report:
    """Measure popularity, every active version and their blend on the photo posts of a split.

    `words` limits truth and answers. Raises NothingToMeasure without a version or without photos in that split.
    """
    active = versions.active()
    if not active:
        raise NothingToMeasure("There is no trained version to measure. Run `manage.py train` first.")
    seen = {kind: _snapshot(version, split, sources, progress) for kind, version in active.items()}
    common = set.intersection(*({int(id) for id in snapshot.embeddings.ids} for snapshot in seen.values()))
    posts = [post for post in next(iter(seen.values())).posts if post.id in common]
    if not posts:
        raise NothingToMeasure(f"There are no photo posts in the {split} split to measure on.")
    own = snapshots.training_posts(sources)
    popular = popularity(snapshots.read_posts(own if own.exists() else snapshots.training_posts()))
    rankings: dict[str, list[list[str]]] = {"popularity": [popular] * len(posts)}
    for kind, version in active.items():
        rankings[kind] = _rank(versions.open_version(version), seen[kind], posts, kind, progress)
    kinds = list(active)
    return _report(split, posts, rankings, kinds, active, popular[:HEAD], words)


def measure_model(model: Model, dev: Snapshot, training: Sequence[TaggedPost]) -> dict[str, Any]:
    """Return a new model's metrics on dev posts, with popularity's R@5 beside them; empty where there are none."""
    present = {int(id) for id in dev.embeddings.ids}
    posts = [post for post in dev.posts if post.id in present]
    if not posts:
        return {}
    truths = [post.tags for post in posts]
    popular = popularity(training)
    ours = measure(truths, _rank(model, dev, posts, "", silent), popular[:HEAD])
    baseline = measure(truths, [popular[:DEPTH]] * len(posts))
    return {**asdict(ours), "popularity_R5": baseline.R5}


def _snapshot(version: ModelVersion, split: str, sources: Collection[str], progress: Progress) -> Snapshot:
    embedder = embeddings.open_embedder(version.backbone_id)
    embeddings.embed_missing(embedder, progress)
    return snapshots.take(snapshots.evaluation_posts(split, sources), version.backbone, embedder.backbone.width)


def _rank(model: Model, seen: Snapshot, posts: Sequence[TaggedPost], name: str, progress: Progress) -> list[list[str]]:
    row = {int(id): place for place, id in enumerate(seen.embeddings.ids)}
    found = []
    for number, post in enumerate(posts, start=1):
        answer = model.suggest(seen.embeddings.vectors[row[post.id]], DEPTH)
        found.append([item.tag for item in answer])
        progress(f"Measuring {name}", number / len(posts))
    return found


def _report(
    split: str,
    posts: list[TaggedPost],
    rankings: dict[str, list[list[str]]],
    kinds: list[str],
    active: dict[str, ModelVersion],
    head: list[str],
    words: Collection[str] | None,
) -> Report:
    truths: list[Collection[str]] = [post.tags for post in posts]
    limited: dict[str, tuple[Sequence[Collection[str]], list[list[str]]]] = {
        name: limit(truths, found, words) if words is not None else (truths, found) for name, found in rankings.items()
    }
    left = limited["popularity"][0]
    if not left:
        raise NothingToMeasure("None of the given words stands on a photo of this split.")
    blended = [
        [tag for tag, _ in blend(columns)] for columns in zip(*(limited[kind][1] for kind in kinds), strict=True)
    ]
    limited["blend"] = (left, blended)
    rows = [
        Row(name, str(active[name]) if name in active else None, measure(truth, found, head))
        for name, (truth, found) in limited.items()
    ]
    return Report(split, len(left), rows)
