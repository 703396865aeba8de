"""The search for settings: trials one after the other, the next one chosen by Optuna, each kept as it is done."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import optuna
from django.conf import settings as site
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from predictor import ml
from predictor.ml import search_space
from predictor.ml.contract import Progress
from predictor.ml.metrics import DEEP, FIRST, Truth, Values, judge
from predictor.ml.search_space import Setting, Settings
from predictor.tuning.ground import Ground, TuningError

SEED = 1
RECALLS = "recalls"  # name under which a trial keeps its measured photos


@dataclass(frozen=True, slots=True)
class Tried:
    """Settings, and what they are worth."""

    settings: Settings
    recalls: Values  # mean of R@5 and R@10 of each measured photo

    @property
    def score(self) -> float:
        return float(self.recalls.mean())


@dataclass(frozen=True, slots=True)
class Limits:
    """When a search ends."""

    trials: int  # those of earlier runs included
    minutes: int | None = None  # no trial begins later

    def over(self, seconds: float) -> bool:
        return self.minutes is not None and seconds >= 60 * self.minutes


def folder() -> Path:
    """Where trials are kept; the folder may be deleted at any time."""
    return Path(site.HOME) / "tuning"


def search(ground: Ground, first: Sequence[Settings], limits: Limits, progress: Progress) -> tuple[list[Tried], bool]:
    """Return everything that was tried on this ground, `first` first, and whether Ctrl-C ended it.

    A search that was stopped, or even killed, goes on where it was and ends as if it had not been: what is tried next
    follows from the finished trials alone. Raises ModelError and TuningError.
    """
    with _opened(ground) as study:
        start, tried = time.monotonic(), _finished(study)

        def report(stage: str, done: float) -> None:
            progress(f"Trying settings of {ground.kind}", min((len(tried) + done) / limits.trials, 1))

        try:
            while len(tried) < limits.trials and not (tried and limits.over(time.monotonic() - start)):
                tried.append(_try_next(study, ground, first, tried, report))
        except KeyboardInterrupt:
            return tried, True
        return tried, False


def measure(settings: Settings, ground: Ground, progress: Progress) -> Values:
    """Fit a model with these settings, and return the mean of R@5 and R@10 of each measured photo."""
    model = search_space.make(ground.kind, settings).fit(ground.learned.posts, ground.learned.embeddings, progress)
    rankings = [[item.tag for item in model.suggest(seen, DEEP)] for seen in ground.measured.embeddings.vectors]
    judged = judge(Truth.of([post.tags for post in ground.measured.posts]), rankings)
    return np.asarray((judged.recall(FIRST) + judged.recall(DEEP)) / 2)


def _try_next(
    study: optuna.Study, ground: Ground, first: Sequence[Settings], tried: Sequence[Tried], progress: Progress
) -> Tried:
    if len(tried) < len(first):
        study.enqueue_trial(first[len(tried)])
    study.sampler = optuna.samplers.TPESampler(seed=SEED + len(tried))
    trial = study.ask({setting.name: _distribution(setting) for setting in search_space.SPACES[ground.kind]})
    recalls = measure(trial.params, ground, progress)
    trial.set_user_attr(RECALLS, recalls.round(5).tolist())
    return _tried(study.tell(trial, recalls.mean()))


def _finished(study: optuna.Study) -> list[Tried]:
    return [_tried(trial) for trial in study.get_trials(states=(TrialState.COMPLETE,))]


def _tried(trial: FrozenTrial) -> Tried:
    return Tried(dict(trial.params), np.array(trial.user_attrs[RECALLS], np.float64))


def _distribution(setting: Setting) -> BaseDistribution:
    if setting.whole:
        return IntDistribution(int(setting.low), int(setting.high), log=setting.log)
    return FloatDistribution(setting.low, setting.high, log=setting.log)


@contextmanager
def _opened(ground: Ground) -> Iterator[optuna.Study]:
    """The trials on this very ground, in a file of their own. Raises TuningError where it cannot be read or written."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    file = folder() / f"{ground.kind}-{_fingerprint(ground)[:16]}.sqlite3"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        storage = optuna.storages.RDBStorage(f"sqlite:///{file}")
        study = optuna.create_study(storage=storage, study_name=ground.kind, direction="maximize", load_if_exists=True)
        for left in study.get_trials(states=(TrialState.RUNNING,)):
            study.tell(left.number, state=TrialState.FAIL)  # by a process that was stopped in the middle
        yield study
    except (optuna.exceptions.StorageInternalError, SQLAlchemyError) as error:
        raise TuningError(
            f"The trials in {file} cannot be read or written. Look whether the disk is full; if it is not, delete the "
            "file and begin anew."
        ) from error


def _fingerprint(ground: Ground) -> str:
    """What a trial's result depends on beside its settings: other posts, options or code make another search."""
    space = [astuple(setting) for setting in search_space.SPACES[ground.kind]]
    options = search_space.chosen(search_space.make(ground.kind, {}))
    posts = [(post.id, post.tags) for side in (ground.learned, ground.measured) for post in side.posts]
    code = [file.read_bytes() for file in sorted(Path(ml.__path__[0]).glob("*.py"))]
    ingredients = (ground.backbone, ground.split, space, options, posts, code, optuna.__version__)
    return hashlib.sha256(repr(ingredients).encode()).hexdigest()
