"""Carries out a scrape run: what is read goes through the door into the corpus, and how it stands on the run's row."""

import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from corpus import hashtags
from corpus.ingest import ImportStopped, ingest, open_run
from corpus.models import ImportRun, PopularHashtag, Post, ScrapeRun, Sighting
from corpus.scraping import posts, troubles
from corpus.scraping.reading import Reading

BATCH = 12  # posts, a page of Instagram's; after each the run can be taken up again
ATTEMPTS = 6  # waits in a row; then a run has failed
LOG_LINES, LINE_LENGTH = 200, 500
CANCELLED = "Cancelled; what it had stored stays."


class Log:
    """The last lines of a run's log."""

    def __init__(self, text: str) -> None:
        self._lines = deque(text.splitlines(), LOG_LINES)

    def add(self, text: str) -> None:
        now = timezone.now().strftime("%Y-%m-%d %H:%M:%S")
        self._lines.extend(f"{now} {line[:LINE_LENGTH]}" for line in posts.plain(text).splitlines() if line.strip())

    def __str__(self) -> str:
        return "\n".join(self._lines)


def carry_out(run: ScrapeRun, progress: Callable[[int], object] = lambda done: None) -> None:
    """Carry out a claimed run until it is done, has to wait, or is stopped. How it stands then is on its row."""
    log = Log(run.log)
    try:
        import_run = _begin(run)
        with _private_folder(run) as folder:
            reading = Reading(run, folder, log.add)
            _store(run, import_run, reading, log, progress)
    except KeyboardInterrupt:
        _interrupt(run, str(log))
        raise
    except Exception as error:
        log.add(f"It ended in the middle: {type(error).__name__}: {error}")
        _end(run, run.State.FAILED, "It ended in the middle; the log says more.", reason="error", log=str(log))
        raise
    _settle(run, reading.stopped, log)


def _begin(run: ScrapeRun) -> ImportRun:
    """Say on the row that the run is at work, and return the import that it fills."""
    import_run = run.import_run or open_run(run.source.name, run.source.kind, run.limit)
    run.write(import_run=import_run, started=run.started or timezone.now(), reason="", message="")
    return import_run


@contextmanager
def _private_folder(run: ScrapeRun) -> Iterator[Path]:
    """Yield an empty folder for this run's pictures, and delete what a killed worker has left."""
    base = Path(settings.HOME) / "run"
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in base.glob(f"scrape-{run.pk}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"scrape-{run.pk}-", dir=base, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _store(
    run: ScrapeRun, import_run: ImportRun, reading: Reading, log: Log, progress: Callable[[int], object]
) -> None:
    """Let the posts through the door. What stops that is written on the reading."""

    def stored(number: int) -> None:
        if _note(run, reading, log):
            reading.clear()
            progress(number)

    try:
        ingest(import_run, reading.raws(), stored, Post.Status.PENDING, BATCH)
    except ImportStopped as error:
        reading.stopped = troubles.NotStored(str(error))
    if import_run.state == import_run.State.CANCELLED:
        reading.stopped = troubles.Cancelled()


def _note(run: ScrapeRun, reading: Reading, log: Log) -> bool:
    """Write where the run stands, and where its posts stood, after a batch was stored; False if it is not ours."""
    further = reading.position > run.position  # top posts are read anew: what is known is no step forward
    fields = {"position": reading.position, "attempts": 0} if further else {}
    with transaction.atomic():
        if not run.write(frozen=reading.frozen(), log=str(log), **fields):
            return False
        found = Post.objects.filter(source=run.source_id, external_id__in=reading.batch)
        Sighting.objects.bulk_create(
            [
                Sighting(post_id=pk, run=run, position=reading.batch[shortcode])
                for pk, shortcode in found.values_list("pk", "external_id")
            ],
            ignore_conflicts=True,
        )
    return True


def _settle(run: ScrapeRun, stopped: troubles.Stop | None, log: Log) -> None:
    """Write on the row how the run stands, now that its reading has ended."""
    if isinstance(stopped, troubles.Trouble):
        log.add(str(stopped))
    with transaction.atomic():
        run.write(log=str(log))  # holds the row: a wish is seen from here, or finds the run as it is left
        match stopped:
            case None:
                _end(run, run.State.DONE, f"It read {run.position:,} posts.")
                PopularHashtag.objects.filter(key=hashtags.parse(run.tag).key).update(last_scraped=timezone.now())
            case troubles.Paused() if run.wish != run.Wish.CANCEL:
                run.write(state=run.State.PAUSED, wish="", message="Paused.")
            case troubles.Paused() | troubles.Cancelled():
                _end(run, run.State.CANCELLED, CANCELLED)
            case troubles.Trouble():
                _react(run, stopped)


def _react(run: ScrapeRun, trouble: troubles.Trouble) -> None:
    """Let a run wait or fail, and spare the other runs of its account the same trouble."""
    pause = trouble.pause(run.attempts)
    if pause is None:
        _fail(run, trouble, str(trouble))
    elif trouble.is_counted and run.attempts >= ATTEMPTS:
        gave_up = f"{trouble} It waited {run.attempts} times in a row and gave up."
        _fail(run, trouble, gave_up, timezone.now() + pause)
    else:
        _wait(run, trouble, timezone.now() + pause)


def _wait(run: ScrapeRun, trouble: troubles.Trouble, until: datetime) -> None:
    message = f"{trouble} It goes on at {timezone.localtime(until):%Y-%m-%d %H:%M %Z}."
    rest = until if trouble.whole_account else None
    if not _heed(run, trouble, rest):
        waits = {"not_before": until, "rests_until": rest, "attempts": run.attempts + trouble.is_counted}
        run.write(state=run.State.WAITING, reason=trouble.reason, message=message, **waits)
    if trouble.whole_account:
        ScrapeRun.objects.postpone_account(run.account, until, trouble.reason, message)


def _fail(run: ScrapeRun, trouble: troubles.Trouble, message: str, until: datetime | None = None) -> None:
    """Let a run fail; its account, if that is concerned, stops for a person, who cannot go on before `until`."""
    rest = until if trouble.whole_account else None
    if rest:
        message += f" The account is left alone until {timezone.localtime(rest):%Y-%m-%d %H:%M %Z}."
    if not _heed(run, trouble, rest):
        _end(run, run.State.FAILED, message, reason=trouble.reason, rests_until=rest)
    if trouble.whole_account:
        ScrapeRun.objects.stop_account(run.account, trouble.reason, f"Stopped with #{run.tag}: {message}")


def _heed(run: ScrapeRun, trouble: troubles.Trouble, rest: datetime | None) -> bool:
    """Pause or end a run of which somebody wanted that before it met its trouble; False where nobody did."""
    wish, noted = run.wish, {"reason": trouble.reason, "rests_until": rest}
    if wish == run.Wish.PAUSE:
        run.write(state=run.State.PAUSED, wish="", message=f"Paused. {trouble}", **noted)
    elif wish == run.Wish.CANCEL:
        _end(run, run.State.CANCELLED, CANCELLED, **noted)
    return bool(wish)


def _interrupt(run: ScrapeRun, log: str) -> None:
    """Pause a run that is stopped from the keyboard, and say so on its import; it is over if somebody wanted that."""
    message = "It was stopped from the keyboard."
    with transaction.atomic():
        if not run.write(log=log):
            return
        if run.wish == run.Wish.CANCEL:
            _end(run, run.State.CANCELLED, CANCELLED)
            return
        run.write(state=run.State.PAUSED, wish="", message=message)
        if run.import_run is not None:
            run.import_run.end(ImportRun.State.CANCELLED, f"{message} What it had stored stays.")


def _end(run: ScrapeRun, state: str, message: str, **fields: object) -> None:
    """End a run and its import in the same way. Where it stands is kept of a failed one, which may be resumed."""
    if state != run.State.FAILED:
        fields["frozen"] = None
    ended = {"state": state, "message": message, "wish": "", "finished": timezone.now()}
    if run.write(**ended, **fields) and run.import_run is not None:
        run.import_run.end(ImportRun.State(state), message)
