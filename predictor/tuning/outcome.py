"""What comes of a tuning: whether the best settings are surely better than the defaults, as a row for training."""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings as site

from predictor.ml import bootstrap, search_space
from predictor.ml.bootstrap import Difference
from predictor.ml.contract import ModelError, Progress, silent
from predictor.ml.search_space import Settings
from predictor.ml.weights import BackboneError
from predictor.models import Tuning
from predictor.tuning import ground, search
from predictor.tuning.ground import Ground, TuningError
from predictor.tuning.search import Limits, Tried


@dataclass(frozen=True, slots=True)
class Outcome:
    """A stored tuning, and whether Ctrl-C ended it."""

    tuning: Tuning
    stopped: bool


def tune(kind: str, sources: Sequence[str], limits: Limits, progress: Progress = silent) -> Outcome:
    """Try settings of a kind, the defaults first, and store what is best for these posts. Raises TuningError."""
    with _exclusive(kind):
        try:
            on = ground.prepare(kind, sources, progress)
            tried, stopped = search.search(on, _first(on, sources), limits, progress)
        except (ModelError, BackboneError) as error:
            raise TuningError(str(error)) from error
    if not tried:
        raise TuningError("It was stopped before the defaults were measured, so there is nothing to store.")
    tuning = _judged(on, sources, tried)
    tuning.save(force_insert=True)
    return Outcome(tuning, stopped)


def forget(kind: str) -> None:
    """Go back to the defaults of a kind, whatever the sources, and delete its trials. Raises TuningError."""
    with _exclusive(kind):
        for file in search.folder().glob(f"{kind}-*"):
            file.unlink()
        Tuning.objects.filter(kind=kind).delete()


@contextmanager
def _exclusive(kind: str) -> Iterator[None]:
    with (Path(site.HOME) / "run" / f"tune-{kind}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TuningError(f"Another process tunes {kind} right now; please wait until it is done.") from error
        yield


def _first(on: Ground, sources: Sequence[str]) -> list[Settings]:
    """The defaults, and what was found on an earlier corpus, as far as it still is allowed."""
    defaults, earlier = search_space.defaults(on.kind), Tuning.latest(on.kind, on.backbone, sources)
    if earlier is None or not earlier.settings:
        return [defaults]
    space = search_space.SPACES[on.kind]
    return [defaults, {one.name: one.within(earlier.settings.get(one.name, defaults[one.name])) for one in space}]


def _judged(on: Ground, sources: Sequence[str], tried: Sequence[Tried]) -> Tuning:
    default, best = tried[0], max(tried, key=lambda one: one.score)
    gain = _gain(best, default)
    surely = gain.verdict > 0
    return Tuning(
        kind=on.kind,
        backbone=on.backbone,
        sources=sorted(sources),
        settings=best.settings if surely else {},
        trials=len(tried),
        posts=len(on.learned.posts),
        split=on.split,
        photos=len(on.measured.posts),
        default_score=default.score,
        score=best.score,
        low=gain.low,
        high=gain.high,
        message=_sentence(on.kind, gain, default, best),
    )


def _gain(best: Tried, default: Tried) -> Difference:
    """How much better the best settings are on the same photos, in pairs."""
    both = np.stack([best.recalls, default.recalls], axis=1)  # [photos, 2]
    drawn = np.concatenate([counts @ both / len(both) for counts in bootstrap.weights(len(both))])
    return bootstrap.difference(best.score - default.score, drawn[:, 0], drawn[:, 1])


def _sentence(kind: str, gain: Difference, default: Tried, best: Tried) -> str:
    known = f"the mean of R@5 and R@10 is {100 * default.score:.1f} % with the defaults"
    if best is default:
        return f"Nothing was better than the defaults, so they stay: {known}."
    found = (
        f"{known} and {100 * best.score:.1f} % with the best settings "
        f"({100 * gain.measured:+.1f}, 95 % interval {100 * gain.low:+.1f} to {100 * gain.high:+.1f})"
    )
    if gain.verdict > 0:
        return f"Training of {kind} uses the best settings from now on: {found}."
    return f"The defaults stay, as the photos cannot tell the best settings from them: {found}."
