"""Versions: how a trained model becomes an immutable artefact, which one serves, and how that changes."""

import logging
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from predictor import vocabulary
from predictor.ml import artefact
from predictor.ml.artefact import ArtefactError
from predictor.ml.contract import Model
from predictor.models import ActiveVersion, ModelVersion, VersionHashtag

RELOAD_SECONDS = 120
logger = logging.getLogger(__name__)


def active() -> dict[str, ModelVersion]:
    """Return the versions that serve, by kind."""
    pointers = ActiveVersion.objects.select_related("version").order_by("kind")
    return {pointer.kind: pointer.version for pointer in pointers}


def active_names() -> str:
    """Return the versions that serve as one text, as uploads remember them: "als:1 w2v:2"."""
    return names(list(active().values()))


def names(versions: list[ModelVersion]) -> str:
    return " ".join(sorted(str(version) for version in versions))


def publish(model: Model, version: ModelVersion, width: int) -> ModelVersion:
    """Write a fitted model as the artefact of an unsaved row, check it in a fresh process, and store both, with what
    the version knows of each hashtag.

    The row gets its id and the folder its final name together, or neither. Raises ArtefactError where the artefact does
    not come back sound, and OSError where the disk is full; nothing is left behind then.
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
        _reload(draft, version.manifest_sha256)
        known = vocabulary.describe(model, version)
        with transaction.atomic():
            version.save(force_insert=True)
            VersionHashtag.objects.bulk_create(known, batch_size=vocabulary.BATCH)
            # SQLite gives the id again that a publisher had who was killed before the commit, but after the rename.
            shutil.rmtree(version.folder, ignore_errors=True)
            draft.rename(version.folder)
            artefact.sync(version.folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return version


def activate(version: ModelVersion, instead_of: ModelVersion | None) -> bool:
    """Let a version serve, if the one that it was made to follow still does. Returns whether it serves now."""
    if instead_of is None:
        _, made = ActiveVersion.objects.get_or_create(kind=version.kind, defaults={"version": version})
        return made
    changed = ActiveVersion.objects.filter(kind=version.kind, version=instead_of)
    return bool(changed.update(version=version, since=timezone.now()))


def prune(kind: str) -> int:
    """Delete the artefacts of all but the newest versions of a kind, never of one that serves; return how many went.

    Their rows stay, as old suggestions name them; what they knew of hashtags goes.
    """
    serving = ActiveVersion.objects.values("version")
    stored = ModelVersion.objects.filter(kind=kind).exclude(state=ModelVersion.State.PRUNED).order_by("-id")
    newest = list(stored.values_list("pk", flat=True)[: settings.VERSIONS_KEPT])
    old = list(stored.exclude(pk__in=serving).exclude(pk__in=newest))
    for version in old:
        with transaction.atomic():
            ModelVersion.objects.filter(pk=version.pk).update(state=ModelVersion.State.PRUNED)
            VersionHashtag.objects.filter(version=version).delete()
        shutil.rmtree(version.folder, ignore_errors=True)
    return len(old)


def open_version(version: ModelVersion) -> Model:
    """Load a version after checking its artefact. Raises ArtefactError."""
    return artefact.open_model(version.folder, version.manifest_sha256)


def set_aside(version: ModelVersion, reason: str) -> ModelVersion | None:
    """Mark a damaged version and let the last good one of its kind serve; return that one, or None if there is none."""
    logger.error("Version %s is set aside: %s", version, reason)
    ModelVersion.objects.filter(pk=version.pk).update(state=ModelVersion.State.BROKEN, reason=reason)
    last_good = _last_good(version)
    pointer = ActiveVersion.objects.filter(kind=version.kind, version=version)
    if last_good is None:
        pointer.delete()
    else:
        pointer.update(version=last_good, since=timezone.now())
    return last_good


def _last_good(version: ModelVersion) -> ModelVersion | None:
    """Return the nearest sound ancestor, since it has served before; else the newest sound version of the kind."""
    sound = ModelVersion.objects.filter(kind=version.kind, state=ModelVersion.State.READY).order_by("-id")
    parent = version.parent_id
    while parent is not None:
        if ancestor := sound.filter(pk=parent).first():
            return ancestor
        parent = ModelVersion.objects.values_list("parent", flat=True).get(pk=parent)
    return sound.first()


def _reload(folder: Path, manifest_sha256: str) -> None:
    """Load the artefact in a fresh process and ask it once. Raises ArtefactError with what that process said."""
    command = [sys.executable, "-m", "predictor.ml.artefact", str(folder), manifest_sha256]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=RELOAD_SECONDS, check=False
    )
    if done.returncode:
        last = (done.stderr.strip() or "no reason given").splitlines()[-1]
        raise ArtefactError(f"A new version does not come back sound from the disk: {last}")
