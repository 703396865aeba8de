"""Explanations on demand: where in a photo the models see each hashtag, and what speaks for those beyond the first ten.

This runs in the worker that answers photos, since the models are there, and makes way for them: after each patch of a
photo it looks whether another one waits, and if so leaves what it has for a later job to go on from.
"""

import logging
from typing import Any

from django.utils.translation import gettext_noop
from PIL import Image

from corpus.decoder import DecoderError
from predictor.answers import answer_to
from predictor.inference import EXPLAINED, STORED, Engine, plain
from predictor.ml import occlusion
from predictor.ml.contract import Matrix, Model, ModelError, Vector
from predictor.ml.weights import BackboneError
from predictor.models import Explanation, Upload

GONE = gettext_noop("The photo is not there any more, so the models cannot look at it again.")
NO_MODEL = gettext_noop("The models cannot look at the photo just now. Please try again later.")
DECIMALS = 4  # of evidence

logger = logging.getLogger(__name__)


def go_on(engine: Engine, row: Explanation) -> bool:
    """Go on with a claimed explanation until it is complete, or a photo waits; return whether nothing is left to do."""
    try:
        done = _look(engine, row)
    except OSError:
        row.message, done = GONE, True
    except (ModelError, BackboneError, DecoderError) as error:
        logger.warning("No %s: %s", row, error)
        row.message, done = NO_MODEL, True
    row.leave(done)
    return done


def _look(engine: Engine, row: Explanation) -> bool:
    engine.refresh(idle=True)  # no photo waits now
    with Image.open(row.upload.display_path) as copy:
        photo = occlusion.small(copy)
    if row.asked != engine.names or not row.seen:
        _begin(engine, row, photo)
    looked = False
    for version, model, embedder in engine.serving():
        columns = _columns(model, row.seen[version.kind]["tags"])
        found = row.seen[version.kind]["probabilities"]
        while len(found) <= occlusion.PATCHES:
            if looked and Upload.objects.filter(state=Upload.State.NEW).exists():
                return False
            covered = occlusion.covered(photo, len(found) - 1)
            found.append(_probabilities(model, embedder.embed([covered]), columns))
            looked = True
    return True


def _begin(engine: Engine, row: Explanation, photo: Image.Image) -> None:
    """Note what the versions that serve say of the whole photo, and what speaks for hashtags beyond the first ten."""
    answer = answer_to(row.upload)
    row.asked, row.seen, row.evidence = engine.names, {}, {}
    for version, model, embedder in engine.serving():
        embeddings, known = embedder.embed([photo]), set(model.tags_)
        tags = [item.tag for item in answer.rankings.get(version.kind, []) if item.tag in known]
        found = _probabilities(model, embeddings, _columns(model, tags))
        row.seen[version.kind] = {"tags": tags, "probabilities": [found]}
        if answer.versions.get(version.kind) == version:
            row.evidence[version.kind] = _evidence(model, embeddings[0])


def _columns(model: Model, tags: list[str]) -> list[int]:
    place = {tag: column for column, tag in enumerate(model.tags_)}
    return [place[tag] for tag in tags]


def _probabilities(model: Model, embeddings: Matrix, columns: list[int]) -> list[int]:
    return [round(Explanation.UNIT * float(score)) for score in model.scores(embeddings)[0][columns]]


def _evidence(model: Model, embedding: Vector) -> dict[str, list[dict[str, Any]]]:
    later = model.suggest(embedding, STORED, STORED)[EXPLAINED:]
    return {item.tag: [_rounded(plain(evidence)) for evidence in item.evidence] for item in later}


def _rounded(stored: dict[str, Any]) -> dict[str, Any]:
    return stored | {name: round(stored[name], DECIMALS) for name in ("similarity", "share")}
