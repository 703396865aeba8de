"""Training: from a snapshot of the corpus to a version that serves. Flow 2 of docs/architecture.md ends here."""

import errno
import importlib.metadata
import platform
import time

from django.conf import settings

from predictor.learning import admitting, batches, embeddings, gate, hindrances, runs, snapshots, versions
from predictor.learning.runs import TrainingError
from predictor.learning.snapshots import Snapshot
from predictor.ml import search_space
from predictor.ml.artefact import ArtefactError
from predictor.ml.contract import Model, ModelError, Progress, silent
from predictor.ml.search_space import Settings
from predictor.ml.weights import BackboneError
from predictor.models import ModelVersion, TrainingRun, Tuning

LIBRARIES = ("numpy", "scipy", "implicit", "gensim", "torch", "onnxruntime")  # that versions come out of
EMBEDDING_THREADS = 2  # a run has low priority, so that a core that answers photos want is left to them
KNOWN_SHARE = 0.8  # of the snapshot that a parent must know for learning on from it; below, a full run is better
CANCELLED = "The run was cancelled; it has left nothing behind, and the version before goes on serving."


class _Unwanted(Exception):
    """Somebody has cancelled the run."""


def carry_out(run: TrainingRun, progress: Progress = silent) -> ModelVersion:
    """Train, publish and, if the run says so, activate. The outcome goes on the run's row. Raises TrainingError.

    Contributions that were decided over meanwhile get a run of their own.
    """

    def report(stage: str, done: float) -> None:
        if not run.note(stage, done):
            raise _Unwanted
        progress(stage, done)

    try:
        version = run.version or _train(run, report)  # its process may have died when the version was stored
        outcome = _let_serve(run, version)
        versions.prune(run.kind)
    except _Unwanted as error:
        run.end(TrainingRun.State.CANCELLED, CANCELLED)
        raise TrainingError(CANCELLED) from error
    except (ModelError, ArtefactError, BackboneError) as error:
        run.end(TrainingRun.State.FAILED, str(error))
        raise TrainingError(str(error)) from error
    except OSError as error:
        sentence = _full_disk(error) or f"A file could not be read or written: {error}."
        run.end(TrainingRun.State.FAILED, sentence)
        raise TrainingError(sentence) from error
    except BaseException as error:
        run.end(TrainingRun.State.FAILED, f"The run ended in the middle: {type(error).__name__}.")
        raise
    run.end(TrainingRun.State.DONE, outcome, version)
    runs.plan(run.kind)
    return version


def _full_disk(error: OSError) -> str:
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return ""
    return "The disk is full. Make room and start the training again; the version before goes on serving."


def _let_serve(run: TrainingRun, version: ModelVersion) -> str:
    """Activate a version that passed the gate, if the run says so, and return a sentence about what came of it."""
    if version.state == ModelVersion.State.REJECTED:
        return f"The gate rejected it, so it does not serve: {version.reason}"
    if not run.note("Letting it serve", 0.0):
        return "It was cancelled when its version was stored already; that does not serve."
    if run.activate and versions.activate(version, version.parent):
        return "It serves now."
    if hindrances.withdrawn_since(version):
        return "It does not serve: some of what it learned from was withdrawn meanwhile. A run without that follows."
    return "It is stored and does not serve."


def _train(run: TrainingRun, progress: Progress) -> ModelVersion:
    started = time.monotonic()
    # counted before what they let in is taken up, so that none is counted and left out
    decisions = {"decisions": runs.decisions(), **runs.learnable()}
    admitting.admit()
    run.set_out({**batches.corpus(), **decisions})
    backbone, width = _embed(run.kind, progress)
    progress("Reading the corpus", 0.0)
    snapshot = snapshots.take(snapshots.training_posts(run.sources), backbone, width)
    withdrawn = hindrances.withdrawn(snapshot.watermark)
    parent = versions.sound(run.kind)
    tuning = Tuning.latest(run.kind, backbone, run.sources)
    tuned = tuning.settings if tuning else {}
    model = _learn(run, snapshot, parent, tuned, progress)
    snapshot = snapshot.thinned(gate.PROBES)  # the gate needs no more, and opens another model beside this one
    version = ModelVersion(
        kind=run.kind,
        parent=parent,
        backbone=backbone,
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
            "withdrawn": sorted(set(withdrawn) - {post.id for post in snapshot.posts}),  # that it did not learn from
        },
        libraries=_libraries(),
    )
    progress("Measuring on the dev split", 0.0)
    _measure(run, model, version, snapshot)
    version.seconds = round(time.monotonic() - started, 1)
    progress("Publishing", 0.0)
    return versions.publish(model, version, width, run)


def _embed(kind: str, progress: Progress) -> tuple[str, int]:
    """Embed what is not embedded yet; return the backbone's full name and width. Its network's memory is free then."""
    embedder = embeddings.open_embedder(settings.KIND_BACKBONES[kind], EMBEDDING_THREADS)
    embeddings.embed_missing(embedder, progress)
    return embedder.full_name, embedder.backbone.width


def _learn(
    run: TrainingRun, snapshot: Snapshot, parent: ModelVersion | None, tuned: Settings, progress: Progress
) -> Model:
    """Learn on from the parent where it knows most of the snapshot; from scratch otherwise, and when asked to."""
    run.set_out(batches.describe(snapshot, parent))
    if parent is not None and not run.full and _knows(parent, run, snapshot, tuned):
        return versions.open_version(parent).update(snapshot.posts, snapshot.embeddings, progress)
    run.full = True
    run.save(update_fields=["full"])
    return search_space.make(run.kind, tuned).fit(snapshot.posts, snapshot.embeddings, progress)


def _knows(parent: ModelVersion, run: TrainingRun, snapshot: Snapshot, tuned: Settings) -> bool:
    """Whether a version can learn on: most posts are known, it was made alike, and nothing of it was withdrawn."""
    made = parent.parameters
    if hindrances.withdrawn_since(parent):  # what it has learned from that would stay
        return False
    if parent.backbone != snapshot.embeddings.backbone or made.get("sources") != run.sources:
        return False
    if made.get("tuned", {}) != tuned:
        return False
    old = sum(post.id <= parent.watermark for post in snapshot.posts)
    return old >= KNOWN_SHARE * max(len(snapshot.posts), 1)


def _measure(run: TrainingRun, model: Model, version: ModelVersion, snapshot: Snapshot) -> None:
    """Let the gate look at a new version, and write down on its row what it found."""
    posts = snapshots.evaluation_posts("dev", run.sources)
    dev = snapshots.take(posts, version.backbone, snapshot.embeddings.vectors.shape[1])
    verdict = gate.examine(model, version, version.parent, dev, snapshot)
    version.metrics, version.golden, version.gate = verdict.metrics, verdict.golden, verdict.report
    if not verdict.passed:
        version.state, version.reason = ModelVersion.State.REJECTED, verdict.reason


def _libraries() -> dict[str, str]:
    """The versions of what a model is made with."""
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in LIBRARIES}}
