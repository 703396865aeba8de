"""Training: from a snapshot of the corpus to a version that serves. Flow 2 of docs/architecture.md ends here."""

import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import IntegrityError, transaction

from predictor import embeddings, evaluation, reviewing, snapshots, versions
from predictor.ml import search_space
from predictor.ml.artefact import ArtefactError
from predictor.ml.contract import Model, ModelError, Progress, silent
from predictor.ml.embedder import Embedder
from predictor.ml.search_space import Settings
from predictor.ml.weights import BackboneError
from predictor.models import ModelVersion, TrainingRun, Tuning
from predictor.snapshots import Snapshot

KNOWN_SHARE = 0.8  # of the snapshot that a parent must know for learning on from it; below, a full run is better

logger = logging.getLogger(__name__)


class TrainingError(Exception):
    """A run that could not be started or ended without a version; the text is a sentence for a person."""


def open_run(kind: str, full: bool, activate: bool, sources: list[str]) -> TrainingRun:
    """Ask for a run. Raises TrainingError while another one of this kind is open."""
    try:
        return TrainingRun.objects.create(kind=kind, full=full, activate=activate, sources=sources)
    except IntegrityError as error:
        raise TrainingError(f"Another training of {kind} is open already; only one at a time can run.") from error


@contextmanager
def exclusive(kind: str) -> Iterator[None]:
    """Hold this home's training of a kind; a run that was left open by a process that died is closed first.

    Raises TrainingError where another process trains this kind now.
    """
    with (settings.HOME / "run" / f"train-{kind}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TrainingError(f"Another process trains {kind} right now; please wait until it is done.") from error
        for dead in TrainingRun.objects.filter(kind=kind, state=TrainingRun.State.WORKING):
            dead.end(TrainingRun.State.FAILED, "The process that trained was stopped.")
        yield


def carry_out(run: TrainingRun, progress: Progress = silent) -> ModelVersion:
    """Train, publish and, if the run says so, activate. The outcome goes on the run's row. Raises TrainingError."""

    def report(stage: str, done: float) -> None:
        run.enter(stage)
        progress(stage, done)

    try:
        version = _train(run, report)
        serves = run.activate and _let_serve(version)
        versions.prune(run.kind)
    except (ModelError, ArtefactError, BackboneError) as error:
        run.end(TrainingRun.State.FAILED, str(error))
        raise TrainingError(str(error)) from error
    except BaseException as error:
        run.end(TrainingRun.State.FAILED, f"The run ended in the middle: {type(error).__name__}.")
        raise
    run.end(TrainingRun.State.DONE, "It serves now." if serves else "It is stored and does not serve.", version)
    return version


def _let_serve(version: ModelVersion) -> bool:
    """Activate a version; the curation queue's order came from the one before, so it is made anew (by the sweeper)."""
    with transaction.atomic():
        serves = versions.activate(version, version.parent)
        if serves:
            reviewing.start_over()
    return serves


def _train(run: TrainingRun, progress: Progress) -> ModelVersion:
    started = time.monotonic()
    embedder = embeddings.open_embedder(settings.KIND_BACKBONES[run.kind])
    embeddings.embed_missing(embedder, progress)
    progress("Reading the corpus", 0.0)
    posts = snapshots.training_posts(run.sources)
    snapshot = snapshots.take(posts, embedder.full_name, embedder.backbone.width)
    parent = versions.active().get(run.kind)
    tuning = Tuning.latest(run.kind, embedder.full_name, run.sources)
    tuned = tuning.settings if tuning else {}
    model = _learn(run, snapshot, parent, tuned, progress)
    progress("Measuring on the dev split", 0.0)
    version = ModelVersion(
        kind=run.kind,
        parent=parent,
        backbone=embedder.full_name,
        watermark=snapshot.watermark,
        posts=len(snapshot.posts),
        hashtags=len({tag for post in snapshot.posts for tag in post.tags}),
        parameters={
            "summary": model.summary(),
            "sources": run.sources,
            "full": run.full or parent is None,
            "options": search_space.chosen(model),
            "tuned": tuned,  # those of the options that are no defaults, and which tuning found so
            "tuning": tuning and tuning.pk,
        },
        metrics=_measure(run, model, embedder, snapshot),
        seconds=round(time.monotonic() - started, 1),
    )
    progress("Publishing", 0.0)
    return versions.publish(model, version, embedder.backbone.width)


def _learn(
    run: TrainingRun, snapshot: Snapshot, parent: ModelVersion | None, tuned: Settings, progress: Progress
) -> Model:
    """Learn on from the parent where it knows most of the snapshot; from scratch otherwise, and when asked to."""
    if parent is not None and not run.full and _knows(parent, run, snapshot, tuned):
        return versions.open_version(parent).update(snapshot.posts, snapshot.embeddings, progress)
    run.full = True
    run.save(update_fields=["full"])
    return search_space.make(run.kind, tuned).fit(snapshot.posts, snapshot.embeddings, progress)


def _knows(parent: ModelVersion, run: TrainingRun, snapshot: Snapshot, tuned: Settings) -> bool:
    """Whether a version can learn on: most posts are known to it, and it was made alike."""
    made = parent.parameters
    if parent.backbone != snapshot.embeddings.backbone or made.get("sources") != run.sources:
        return False
    if made.get("tuned", {}) != tuned:
        return False
    old = sum(post.id <= parent.watermark for post in snapshot.posts)
    return old >= KNOWN_SHARE * max(len(snapshot.posts), 1)


def _measure(run: TrainingRun, model: Model, embedder: Embedder, snapshot: Snapshot) -> dict[str, object]:
    """Return the metrics of a new model on the dev split beside popularity's; empty where there are no dev posts."""
    posts = snapshots.evaluation_posts("dev", run.sources)
    dev = snapshots.take(posts, embedder.full_name, embedder.backbone.width)
    return evaluation.measure_model(model, dev, snapshot.posts)
