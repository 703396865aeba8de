"""The ground of an evaluation: photos to measure on, as each backbone sees them, and what was learned from."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from predictor.learning import embeddings, snapshots, versions, vocabulary
from predictor.learning.snapshots import Snapshot
from predictor.learning.vocabulary import Knowledge
from predictor.ml.contract import Matrix, Progress, TaggedPost
from predictor.ml.kinship import Kinship
from predictor.ml.metrics import popularity
from predictor.ml.weights import BackboneError
from predictor.models import ModelVersion

DEPTH = 200  # hashtags of each ranking that are looked at before `--vocab` limits them


class NothingToMeasure(Exception):
    """There are no photos or no versions to measure; the text is a sentence for a person."""


@dataclass
class Ground:
    """Everything that rankings are made from and measured on."""

    split: str
    sources: list[str]  # empty for all
    words: set[str] | None  # that truth and answers keep to; None for all
    active: dict[str, ModelVersion]  # by kind: those whose backbone can be opened
    posts: list[TaggedPost]  # the photo posts of the split that every backbone has seen
    seen: dict[str, Matrix]  # by backbone, [posts, width]
    training: list[TaggedPost]
    notes: list[str] = field(default_factory=list)  # what could not be measured, and why, in sentences

    @cached_property
    def counts(self) -> Counter[str]:
        """How many training posts carry each hashtag."""
        return Counter(tag for post in self.training for tag in set(post.tags))

    @cached_property
    def popular(self) -> list[str]:
        """The hashtags that can be answered, the most frequent in training first."""
        return [tag for tag in popularity(self.training) if self.words is None or tag in self.words]

    @cached_property
    def known(self) -> Knowledge:
        """What the versions know of hashtags, as the site has it."""
        return vocabulary.recall([version.pk for version in self.active.values()])

    @cached_property
    def kinship(self) -> Kinship:
        """How near hashtags are to each other in the geometry of the versions."""
        return Kinship(self.known.kin)


def prepare(split: str, sources: Collection[str], words: Collection[str] | None, progress: Progress) -> Ground:
    """Embed what is not embedded yet and read what is needed. Raises NothingToMeasure.

    Baselines learn from the training posts of the same sources; where these have none, from all training posts.
    """
    active = versions.active()
    if not active:
        raise NothingToMeasure("There is no trained version to measure. Run `manage.py train` first.")
    notes: list[str] = []
    taken = _snapshots(active, split, sources, notes, progress)
    if not taken:
        raise NothingToMeasure(" ".join(notes))
    posts = _common(list(taken.values()))
    if not posts:
        raise NothingToMeasure(
            f"There are no photo posts in the {split} split to measure on. Import some whose `split` is {split!r}."
        )
    own = snapshots.training_posts(sources)
    learned_from = list(sources) if own.exists() else []
    training = snapshots.read_posts(snapshots.training_posts(learned_from))
    usable = {kind: version for kind, version in active.items() if version.backbone in taken}
    notes += [_other_sources(version, learned_from) for version in usable.values() if _differ(version, learned_from)]
    seen = {backbone: _rows(snapshot, posts) for backbone, snapshot in taken.items()}
    return Ground(split, sorted(sources), None if words is None else set(words), usable, posts, seen, training, notes)


def _snapshots(
    active: dict[str, ModelVersion], split: str, sources: Collection[str], notes: list[str], progress: Progress
) -> dict[str, Snapshot]:
    """Return the split's photos by backbone; a backbone that cannot be opened becomes a note."""
    found: dict[str, Snapshot] = {}
    for version in active.values():
        if version.backbone in found:
            continue
        try:
            embedder = embeddings.open_embedder(version.backbone_id)
        except BackboneError as error:
            notes.append(f"{version} was not measured: {error}")
            continue
        embeddings.embed_missing(embedder, progress)
        posts = snapshots.evaluation_posts(split, sources)
        found[version.backbone] = snapshots.take(posts, version.backbone, embedder.backbone.width)
    return found


def _common(taken: list[Snapshot]) -> list[TaggedPost]:
    seen = set.intersection(*(set(snapshot.embeddings.ids.tolist()) for snapshot in taken))
    return [post for post in taken[0].posts if post.id in seen]


def _rows(snapshot: Snapshot, posts: list[TaggedPost]) -> Matrix:
    places = np.searchsorted(snapshot.embeddings.ids, [post.id for post in posts])  # ids ascend
    vectors: Matrix = snapshot.embeddings.vectors[places]
    return vectors


def _differ(version: ModelVersion, sources: Collection[str]) -> bool:
    return sorted(version.parameters.get("sources", [])) != sorted(sources)


def _other_sources(version: ModelVersion, sources: Collection[str]) -> str:
    theirs = ", ".join(sorted(version.parameters.get("sources", []))) or "all sources"
    return f"{version} learned from {theirs}, the baselines from {', '.join(sorted(sources)) or 'all sources'}."
