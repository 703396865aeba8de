"""Versions: how a trained model becomes an immutable artefact, which one serves, and how that changes.

A version serves by a pointer in the database. Every move of it is one conditional update, leaves a row that says who
moved it and why, and is seen by the running worker before its next photo, or within a second where it has none.
"""

import logging
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from predictor.learning import vocabulary
from predictor.learning.hindrances import brings_back, hindrance, withdrawn_since
from predictor.ml import artefact
from predictor.ml.artefact import ArtefactError
from predictor.ml.contract import Model
from predictor.models import Activation, ActiveVersion, ModelVersion, TrainingRun, VersionHashtag

RELOAD_SECONDS = 120
TRAINED, CHOSEN, ROLLED_BACK, BROKE = "trained", "chosen by hand", "rolled back", "the one before it was damaged"
State = ModelVersion.State
logger = logging.getLogger(__name__)


class VersionError(Exception):
    """A version that cannot serve, or cannot be gone back to; the text is a sentence for a person."""


def active() -> dict[str, ModelVersion]:
    """Return the versions that serve, by kind."""
    pointers = ActiveVersion.objects.select_related("version").order_by("kind")
    return {pointer.kind: pointer.version for pointer in pointers}


def active_names() -> str:
    """Return the versions that serve as one text, as uploads remember them: "als:1 w2v:2"."""
    return names(list(active().values()))


def names(versions: list[ModelVersion]) -> str:
    return " ".join(sorted(str(version) for version in versions))


def publish(model: Model, version: ModelVersion, width: int, run: TrainingRun | None = None) -> ModelVersion:
    """Write a fitted model as the artefact of an unsaved row, check it in a fresh process, and store both, with what
    the version knows of each hashtag, and name it on its run.

    The row gets its id and the folder its final name together, or neither. Raises ArtefactError where the artefact does
    not come back sound, and OSError where the disk is full; nothing is left behind then. One that the gate has rejected
    is kept as it is, to be looked at.
    """
    draft = Path(settings.VERSIONS_ROOT) / f".tmp-{uuid.uuid4().hex}"
    draft.mkdir(mode=0o700, parents=True)
    try:
        about = {
            "backbone": version.backbone,
            "width": width,
            "parent": version.parent_id,
            "watermark": version.watermark,
            "parameters": version.parameters,
            "metrics": version.metrics,
        }
        version.manifest_sha256 = artefact.write(model, draft, about)
        if version.state == State.READY:
            _reload(draft, version.manifest_sha256)
        known = vocabulary.describe(model, version) if version.gate.get("sound", True) else []
        with transaction.atomic():
            version.save(force_insert=True)
            VersionHashtag.objects.bulk_create(known, batch_size=vocabulary.BATCH)
            if run is not None:
                TrainingRun.objects.filter(pk=run.pk).update(version=version)
            # SQLite gives the id again that a publisher had who was killed before the commit, but after the rename.
            shutil.rmtree(version.folder, ignore_errors=True)
            draft.rename(version.folder)
            artefact.sync(version.folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return version


def activate(
    version: ModelVersion, instead_of: ModelVersion | None, why: str = TRAINED, by: User | None = None
) -> bool:
    """Let a ready version serve, if the one that it was made to follow still does. Returns whether it serves now.

    One that holds a contribution which was withdrawn while it was being made does not, where that one is without it.
    """
    with transaction.atomic():
        ready = ModelVersion.objects.select_for_update().filter(pk=version.pk, state=State.READY)
        if ready.first() is None or brings_back(version, instead_of):
            return False
        if instead_of is None:
            moved = ActiveVersion.objects.get_or_create(kind=version.kind, defaults={"version": version})[1]
        else:
            pointer = ActiveVersion.objects.filter(kind=version.kind, version=instead_of)
            moved = bool(pointer.update(version=version, since=timezone.now()))
        if moved:
            _moved(version, why, by)
    return moved


def let_serve(version: ModelVersion, by: User | None) -> None:
    """Let a version serve instead of whatever does, because a person wants it. Raises VersionError."""
    present = active().get(version.kind)
    if present == version:
        raise VersionError(f"{version} serves already.")
    if reason := hindrance(version):
        raise VersionError(reason)
    try:
        artefact.check(version.folder, version.manifest_sha256)
    except ArtefactError as error:
        set_aside(version, str(error))
        raise VersionError(f"{version} cannot serve: {error}") from error
    why = ROLLED_BACK if present is not None and version.pk < present.pk else CHOSEN
    if not activate(version, present, why, by):
        raise VersionError("Another version came to serve at this very moment. Please look again.")


def roll_back(kind: str, to: ModelVersion | None, by: User | None) -> ModelVersion:
    """Let a version serve again: the given one, else the one that served before the present one; return it.

    Raises VersionError where that is not possible.
    """
    chosen = to or before_present(kind)
    if chosen is None:
        raise VersionError(f"There is no earlier version of {kind} that could serve.")
    if chosen.kind != kind:
        raise VersionError(f"{chosen} is no version of {kind}.")
    let_serve(chosen, by)
    return chosen


def before_present(kind: str) -> ModelVersion | None:
    """Return what served last before the present version, or what it comes from, as long as that can serve again."""
    present = active().get(kind)
    if present is None:
        return None
    served = Activation.objects.filter(kind=kind, version__lt=present.pk).select_related("version")
    found = (one.version for one in served if not hindrance(one.version))
    return next(found, None) or next((one for one in _ancestors(present) if not hindrance(one)), None)


def prune(kind: str) -> int:
    """Delete the artefacts of all but the newest versions of a kind, never of one that serves; return how many went.

    Of those that failed the newest are kept as well, so that they push out none that could serve; what may hold a
    withdrawn contribution goes in any case. Their rows stay, as old suggestions name them; what they knew of hashtags
    goes.
    """
    stored = ModelVersion.objects.filter(kind=kind).exclude(state=State.PRUNED).order_by("-id")
    clean = stored.exclude(pk__in=[version.pk for version in stored if withdrawn_since(version)])
    good, failed = clean.filter(state=State.READY), clean.exclude(state=State.READY)
    kept = [pk for some in (good, failed) for pk in some.values_list("pk", flat=True)[: settings.VERSIONS_KEPT]]
    pruned = sum(_prune(version) for version in stored.exclude(pk__in=kept))
    for version in ModelVersion.objects.filter(kind=kind, state=State.PRUNED):  # also what a dead process had left
        shutil.rmtree(version.folder, ignore_errors=True)
    return pruned


def _prune(version: ModelVersion) -> bool:
    with transaction.atomic():
        list(ModelVersion.objects.select_for_update().filter(pk=version.pk))  # nobody activates it meanwhile
        if ActiveVersion.objects.filter(version=version).exists():
            return False
        ModelVersion.objects.filter(pk=version.pk).update(state=State.PRUNED)
        VersionHashtag.objects.filter(version=version).delete()
    return True


def open_version(version: ModelVersion) -> Model:
    """Load a version after checking its artefact. Raises ArtefactError."""
    return artefact.open_model(version.folder, version.manifest_sha256)


def width(version: ModelVersion) -> int:
    """Return the width of the embeddings that a version takes. Raises ArtefactError where it is damaged."""
    return int(artefact.check(version.folder, version.manifest_sha256)["width"])


def sound(kind: str) -> ModelVersion | None:
    """Return the version that serves after loading it; one that does not load, as it is damaged or was made by an older
    program, is set aside for the last good one.
    """
    version = active().get(kind)
    while version is not None:
        try:
            open_version(version)
        except ArtefactError as error:
            version = set_aside(version, str(error))
        else:
            break
    return version


def set_aside(version: ModelVersion, reason: str) -> ModelVersion | None:
    """Mark a damaged version and let the last good one of its kind serve; return the one that serves now, if any does.

    A version that was pruned while somebody read it is not damaged, only gone.
    """
    logger.error("Version %s is set aside: %s", version, reason)
    with transaction.atomic():
        there = ModelVersion.objects.filter(pk=version.pk).exclude(state=State.PRUNED)
        there.update(state=State.BROKEN, reason=reason)
        pointer = ActiveVersion.objects.filter(kind=version.kind, version=version)
        last_good = _last_good(version)
        if last_good is None:
            pointer.delete()
        elif pointer.update(version=last_good, since=timezone.now()):
            _moved(last_good, BROKE, None)
    return active().get(version.kind)


def _last_good(version: ModelVersion) -> ModelVersion | None:
    """Return the nearest sound ancestor, since it has served before; else the newest sound version of the kind."""
    others = ModelVersion.objects.filter(kind=version.kind, state=State.READY).exclude(pk=version.pk).order_by("-id")
    return next((one for one in [*_ancestors(version), *others] if not hindrance(one)), None)


def _ancestors(version: ModelVersion) -> list[ModelVersion]:
    """Return those that a version comes from and whose files are there, the nearest first."""
    parents = dict(ModelVersion.objects.filter(kind=version.kind).values_list("pk", "parent"))
    line, parent = list[int](), parents.get(version.pk)
    while parent is not None:
        line.append(parent)
        parent = parents.get(parent)
    there = ModelVersion.objects.filter(state=State.READY).in_bulk(line)
    return [there[pk] for pk in line if pk in there]


def _moved(version: ModelVersion, why: str, by: User | None) -> None:
    """Write down a move of the pointer. The curation queue's order came from the version before, so it is forgotten."""
    from predictor.learning import reviewing  # which asks this module

    Activation.objects.create(kind=version.kind, version=version, why=why, by=by)
    reviewing.start_over()


def _reload(folder: Path, manifest_sha256: str) -> None:
    """Load the artefact in a fresh process and ask it once. Raises ArtefactError with what that process said."""
    command = [sys.executable, "-m", "predictor.ml.artefact", str(folder), manifest_sha256]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=RELOAD_SECONDS, check=False
    )
    if done.returncode:
        last = (done.stderr.strip() or "no reason given").splitlines()[-1]
        raise ArtefactError(f"A new version does not come back sound from the disk: {last}")
