"""The jobs of the queues: each takes an id or nothing, calls one function, and is safe to run twice."""

import logging
import uuid
from functools import cache

from django.db import DatabaseError, close_old_connections
from django.utils.translation import gettext_noop

from corpus.decoder import DecoderError
from predictor import queue
from predictor.inference import Engine, answer
from predictor.learning import reviewing
from predictor.learning.runs import TrainingError
from predictor.ml.weights import BackboneError
from predictor.models import Explanation, TrainingRun, Upload
from predictor.why import saliency
from tag4pic_site.processes import die_with_parent

GAVE_UP = gettext_noop(
    "The site tried several times and could not read this photo. Please try another one, or this one again later."
)
PRIORITISED = 5000  # posts that one job judges, once all are embedded; the sweeper asks for the rest

logger = logging.getLogger(__name__)


@cache
def engine() -> Engine:
    """Return this process's engine; the worker's child keeps it warm from one job to the next."""
    return Engine()


def warm_up() -> None:
    """Load what has become active, before a photo asks for it. What stands in the way is said when one does."""
    close_old_connections()
    try:
        engine().refresh(idle=True)
        engine().decoder.start()
    except (BackboneError, DatabaseError, DecoderError) as error:
        logger.warning("The models are not ready: %s", error)


def answer_upload(id: str) -> None:
    """Answer one upload, if no other worker has it."""
    close_old_connections()
    upload = Upload.objects.filter(pk=uuid.UUID(id)).first()
    if upload is None or not upload.claim():
        return
    if upload.attempts > Upload.ATTEMPTS:
        upload.finish(state=Upload.State.FAILED, reason="gave_up", message=GAVE_UP)
        return
    answer(engine(), upload)


def explain_upload(id: str) -> None:
    """Go on with the explanation of an upload, if no other worker is at it; a later job does what is left."""
    close_old_connections()
    row = Explanation.objects.open().select_related("upload").filter(upload=uuid.UUID(id)).first()
    if row is not None and row.claim() and not saliency.go_on(engine(), row):
        queue.enqueue_explanation(row.upload_id)


def run_training(id: int) -> None:
    """Carry out one training run, if no other worker has it. The process ends with its worker: a run lives on its row.

    How it ended stands on the row, a failure too.
    """
    from predictor.learning import train_lock, training

    die_with_parent()
    close_old_connections()
    run = TrainingRun.objects.filter(pk=id).first()
    if run is None:
        return
    try:
        with train_lock.exclusive(run.kind):
            if run.claim():
                training.carry_out(run)
    except TrainingError as error:
        logger.warning("No new version of %s: %s", run.kind, error)


def learn_daily() -> None:
    """Ask for an incremental run of each kind that has something new to learn."""
    from predictor.learning import schedules

    close_old_connections()
    schedules.ask_for_due_runs(full=False)


def learn_weekly() -> None:
    """Ask for a full run of each kind, unless what serves is the starter as it came."""
    from predictor.learning import schedules

    close_old_connections()
    schedules.ask_for_due_runs(full=True)


def prioritise_posts() -> None:
    """Put pending posts into the order in which a decision helps most."""
    close_old_connections()
    try:
        reviewing.prioritise(limit=PRIORITISED)
    except reviewing.ReviewError as error:
        logger.warning("The curation queue stays in the order that it has: %s", error)


def evaluate() -> None:
    """Measure the active versions on the dev split; the outcome, or why there is none, becomes a row."""
    from predictor.evaluation import storing

    close_old_connections()
    storing.evaluate_and_store()
