"""The baselines beside the versions, and the published experiments: fitted, or taken from the cache."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache as once
from pathlib import Path

import numpy as np

from predictor.evaluation import cache
from predictor.evaluation.contestants import BASELINE, RECIPE, Contestant
from predictor.evaluation.ground import DEPTH, Ground
from predictor.learning import embeddings
from predictor.ml import baselines
from predictor.ml.baselines import registry
from predictor.ml.baselines.contract import Baseline
from predictor.ml.baselines.reference import Reference
from predictor.ml.baselines.registry import Entry
from predictor.ml.contract import Embeddings, ModelError, Progress
from predictor.ml.rankings import Ranking, Rankings
from predictor.models import PostEmbedding

AT_ONCE = 256  # photos that a baseline is asked about together, to bound memory


def beside(ground: Ground, progress: Progress) -> Iterator[Contestant]:
    """The baselines of every version that is measured; one that cannot be fitted becomes a note."""
    return _contestants(registry.baselines(), BASELINE, ground, progress)


def recipes(ground: Ground, progress: Progress) -> Iterator[Contestant]:
    """The published experiments, with the backbone of the version of their kind."""
    return _contestants(registry.recipes(), RECIPE, ground, progress)


def _contestants(entries: Sequence[Entry], group: str, ground: Ground, progress: Progress) -> Iterator[Contestant]:
    for entry in entries:
        if entry.kind is not None and entry.kind not in ground.active:
            continue
        try:
            rankings = _rankings(entry, ground, progress) if entry.kind else _same_for_all(entry, ground)
        except ModelError as error:
            ground.notes.append(f"The baseline {entry.name!r} was not measured: {error}")
        else:
            yield Contestant(entry.name, group, rankings, entry.kind, probability=entry.factory is Reference)


def _same_for_all(entry: Entry, ground: Ground) -> Rankings:
    """Ask a baseline that looks at no picture: once, for all that it knows, so that words do not limit it too far."""
    nothing = Embeddings("", np.zeros(0, np.int64), np.zeros((0, 1), np.float32))
    baseline = entry.factory().fit(ground.training, nothing)
    (everything,) = baseline.suggest(np.zeros((1, 1), np.float32), max(len(ground.counts), 1))
    ranking = [item for item in everything if ground.words is None or item.tag in ground.words]
    return Rankings.collect([ranking], DEPTH).of([0] * len(ground.posts))


def _rankings(entry: Entry, ground: Ground, progress: Progress) -> Rankings:
    """Fit a baseline with the backbone of the version of its kind and ask it about every photo, if that is not kept."""
    backbone = ground.active[entry.kind or ""].backbone

    def make() -> Rankings:
        width = ground.seen[backbone].shape[1]
        learned_from = embeddings.load(backbone, (post.id for post in ground.training), width)
        baseline = entry.factory().fit(
            ground.training, learned_from, lambda stage, done: progress(f"Fitting {entry.name}", done)
        )
        return Rankings.collect(answers(baseline), DEPTH)

    def answers(baseline: Baseline) -> Iterator[Ranking]:
        for start in range(0, len(ground.posts), AT_ONCE):
            yield from baseline.suggest(ground.seen[backbone][start : start + AT_ONCE], DEPTH)

    return cache.kept([repr(entry.factory), _code(), DEPTH, _photos(ground, backbone)], make)


def _photos(ground: Ground, backbone: str) -> str:
    """What a baseline's rankings depend on beside itself, as a hash: ids are never given twice, so they will do."""
    posts = [post.id for post in ground.posts]
    seen = PostEmbedding.objects.filter(backbone=backbone).order_by("pk").values_list("pk", "post_id")
    ingredients = (posts, [(post.id, post.tags) for post in ground.training], list(seen))
    return hashlib.sha256(repr(ingredients).encode()).hexdigest()


@once
def _code() -> str:
    """A hash of the code of all baselines: what an older one ranked is not taken for its successor's answer."""
    files = sorted(Path(baselines.__path__[0]).glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
