"""The rankings that an evaluation compares: active versions, their blend, the five, and the control's settings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from predictor.evaluation.ground import DEPTH, Ground
from predictor.inference import STORED
from predictor.learning import versions
from predictor.ml.artefact import ArtefactError
from predictor.ml.best_set import best_set
from predictor.ml.blend import blend
from predictor.ml.contract import Matrix, Model, ModelError, Progress, SuggestedTag
from predictor.ml.rankings import Ranking, Rankings
from predictor.ml.steering import steer

GROUPS = ["baseline", "model", "blend", "set", "control", "recipe"]  # as rows stand
AT_ONCE = 256  # photos that a model is asked about
BASELINE, MODEL, BLEND, SET, CONTROL, RECIPE = GROUPS


@dataclass(frozen=True, slots=True)
class Contestant:
    """One ranking of each photo, with what the table says of it."""

    name: str
    group: str
    rankings: Rankings
    kind: str | None = None  # of the version, or of the version that a baseline stands beside
    version: str | None = None
    probability: bool = False  # whether its scores claim to be probabilities


def models(ground: Ground, progress: Progress) -> Iterator[Contestant]:
    """Ask every active version; one that cannot be loaded or asked becomes a note."""
    for kind, version in ground.active.items():
        try:
            model, seen = versions.open_version(version), ground.seen[version.backbone]
            rankings = ask(model, seen, DEPTH, f"Asking {version}", progress)
        except (ArtefactError, ModelError) as error:
            ground.notes.append(f"{version} was not measured: {error}")
        else:
            yield Contestant(kind, MODEL, rankings, kind, str(version), probability=True)


def ask(model: Model, seen: Matrix, depth: int, stage: str, progress: Progress) -> Rankings:
    """Ask a model about each of the photos, [photos, width], for its first `depth` hashtags."""

    def answers() -> Iterator[Ranking]:
        for start in range(0, len(seen), AT_ONCE):
            yield from model.rank(seen[start : start + AT_ONCE], depth)
            progress(stage, min(start + AT_ONCE, len(seen)) / len(seen))

    return Rankings.collect(answers(), depth)


def shown(contestant: Contestant, ground: Ground, photos: Sequence[int]) -> Contestant:
    """Limit a ranking to the words, to some of the photos, and to as many answers as a site keeps of a photo."""
    return replace(contestant, rankings=contestant.rankings.of(photos).within(ground.words, STORED))


def with_blend(models: Sequence[Contestant]) -> list[Contestant]:
    """The versions, and after them their blend, as the site makes it of what it keeps."""
    photos = range(len(models[0].rankings))
    rankings = (blend({model.name: model.rankings[photo] for model in models}) for photo in photos)
    mixed = Contestant("blend", BLEND, Rankings.collect(rankings, STORED * len(models)), probability=True)
    return [*models, mixed]


def best_sets(contestant: Contestant, ground: Ground, depth: int, progress: Progress) -> Contestant:
    """The best set out of a ranking, as far as `depth` hashtags: the first five are the five, whatever comes behind.

    Statuses are left out: what curators keep from people may well be true of a photo.
    """
    photos = len(contestant.rankings)

    def sets() -> Iterator[Ranking]:
        for photo in range(photos):
            chosen = best_set(contestant.rankings[photo], depth, ground.kinship, ground.known.tiers, {})
            yield [SuggestedTag(one.tag, one.score, prior=0.0) for one in chosen]
            progress("Choosing the five", (photo + 1) / photos)

    return Contestant(f"the five ({contestant.name})", SET, Rankings.collect(sets(), depth), probability=True)


def steered(contestant: Contestant, specificity: float, depth: int) -> Contestant:
    """A ranking with the control at a setting, as far as `depth` answers."""
    rankings = contestant.rankings.each(partial(steer, specificity=specificity), depth)
    name = f"{contestant.name}, specific {specificity:g}"
    return replace(contestant, name=name, group=CONTROL, rankings=rankings, probability=False)
