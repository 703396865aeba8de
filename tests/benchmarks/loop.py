"""`make bench`, fourth part: what the learning loop takes on 80,000 posts, while photos are answered.

A site with made-up posts runs as `make run` starts it. A contribution is approved, then posts with new photos are
imported and each kind learns on from them. Two photos a second are sent all along, as visitors do, but not while it is
timed how soon a contribution is served. `--home` keeps what is slow to make; every measurement works on a copy of it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from corpus.sources.harrison import TAGS
from predictor.ml import kinds
from tag4pic_site import home
from tests.benchmarks import large_home
from tests.benchmarks.client import Client
from tests.benchmarks.learning import fresh
from tests.benchmarks.photos import enlarged
from tests.benchmarks.speed import answered, manage, say, setup_django
from tests.benchmarks.watching import Watch
from tests.running_site import Site, address_of, start, stop, wait_until_ready

POSTS, NEW = 80_000, 500
PORT = 8490
AT_REST = 120  # photos
PAUSE_SECONDS = 0.5  # from one photo to the next
SIDE = 1080
PATIENCE_SECONDS = 900
GOALS = {"als": 10, "w2v": 120, "run": 30, "memory": 2000, "ratio": 2}


def main() -> None:
    options = arguments()
    home.limit_threads()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tag4pic_site.settings"
    with tempfile.TemporaryDirectory(prefix="tag4pic-bench-") as folder:
        made = options.home or Path(folder) / "made"
        if not made.exists():
            make(made, options)
        own = Path(folder) / "home"
        shutil.copytree(made, own)
        os.environ["TAG4PIC_HOME"] = str(own)
        process = start(own, PORT)
        try:
            site = Site(address_of(wait_until_ready(process)), own)
            setup_django()
            measure(site)
        finally:
            stop(process)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=POSTS, help="to learn from, before anything is contributed")
    parser.add_argument("--new", type=int, default=NEW, help="posts of an incremental run")
    parser.add_argument("--data", type=Path, help=f"folder with HARRISON's {TAGS}; else lists are the starter's")
    parser.add_argument("--home", type=Path, help="where the trained home is made, kept, and found the next time")
    options = parser.parse_args()
    if options.data and not (options.data / TAGS).is_file():
        parser.error(f"There is no {TAGS} in {options.data}.")
    return options


def make(made: Path, options: argparse.Namespace) -> None:
    """Make a home with its posts, both models, and photos that are new to it; whole or not at all."""
    started, part = time.monotonic(), made.with_name(f"{made.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    os.environ["TAG4PIC_HOME"] = str(part.resolve())
    fresh(large_home.fill, options.posts, options.data)
    fresh(large_home.write_new, part / "new", options.new, options.data)
    part.rename(made)
    say(f"a home with {options.posts:,} posts, both models trained in full: {time.monotonic() - started:.0f} s")


def measure(site: Site) -> None:
    client, photo = Client(site.url), enlarged(SIDE, site.home / "visitor.jpg")
    answered(client, photo, -1)  # warms everything up
    left = iter(range(AT_REST, -1, -1))
    rest = predictions(client, photo, "at rest", lambda: next(left) == 0)
    say(f"{'':52}{'measured':>12}{'goal':>12}   load {os.getloadavg()[0]:.1f}")
    say(f"{f'answers at rest, {len(rest)} photos, p50 and p95':52}{middle_and_high(rest)}")
    contribute(client, photo)
    manage("import_posts", str(site.home / "new"), environment=dict(os.environ))
    for kind in kinds.IDS:
        learn(site, client, photo, kind, rest)


def contribute(client: Client, photo: Path) -> None:
    """Approve a contribution, and print how long it takes until each model answers with it."""
    from django.contrib.auth.models import User

    from predictor.contributions import contributing
    from predictor.models import Suggestion, TrainingRun, Upload

    upload = Upload.objects.get(pk=client.upload(photo.read_bytes() + b"contributed", photo.name))
    wait_for(lambda: not Upload.objects.get(pk=upload.pk).is_open)
    upload.refresh_from_db()
    tags = Suggestion.objects.filter(upload=upload, version__kind="als").values_list("tag", flat=True)[:3]
    given = contributing.contribute(upload, None, list(tags), [], [], False)
    started = time.time()
    post = contributing.approve(given, User.objects.create_user("moderator", is_staff=True)).post_number

    def is_served() -> bool:
        id = client.upload(photo.read_bytes() + f"{time.monotonic()}".encode(), photo.name)
        wait_for(lambda: not Upload.objects.get(pk=id).is_open)
        rows = Suggestion.objects.filter(upload__pk=id, version__kind="als").values_list("evidence", flat=True)
        return any(evidence.get("post") == post for row in rows for evidence in row)

    wait_for(is_served)
    report("contribution approved -> in the served als index", time.time() - started, "s", GOALS["als"])
    for kind in kinds.IDS:
        wait_for(lambda kind=kind: has_learned(kind, started))  # type: ignore[misc]
        run = TrainingRun.objects.filter(kind=kind).latest("pk")
        report(f"contribution approved -> {kind} has learned from it", time.time() - started, "s", GOALS["w2v"])
        say(f"  {run.message}")


def has_learned(kind: str, since: float) -> bool:
    """Whether a run of this kind that began since then is over."""
    from predictor.models import TrainingRun

    run = TrainingRun.objects.filter(kind=kind).latest("pk")
    return bool(run.started and run.started.timestamp() > since and not run.is_open)


def learn(site: Site, client: Client, photo: Path, kind: str, rest: list[float]) -> None:
    """Let a kind learn on from the new posts while photos are sent; print what the run takes, by stage."""
    from predictor.learning import runs
    from predictor.models import TrainingRun

    run = runs.ask(kind, False, TrainingRun.Trigger.BUTTON)
    with Watch(run.pk, min(site.pids("work train"))) as watch:
        meanwhile = predictions(client, photo, f"beside {kind}", lambda: not watch.is_alive())
    run.refresh_from_db()
    new = run.batch.get("posts")
    report(
        f"{kind} learns on from {new} posts ({'full' if run.full else 'incremental'})", watch.seconds, "s", GOALS["run"]
    )
    report("  its processor time", watch.processor, "s")
    report("  memory of its process at most", watch.megabytes, "MB", GOALS["memory"])
    for stage, (seconds, processor) in watch.stages.items():
        say(f"{f'    {stage}':52}{seconds:9.1f} s, processor {processor:5.1f} s")
    say(f"{f'  answers meanwhile, {len(meanwhile)} photos, p50 and p95':52}{middle_and_high(meanwhile)}")
    ratio = float(np.quantile(meanwhile, 0.95) / np.quantile(rest, 0.95))
    report(f"  p95 against rest; load {os.getloadavg()[0]:.1f}", ratio, "times", GOALS["ratio"])
    say(f"  {watch.outcome}")


def predictions(client: Client, photo: Path, name: str, over: Callable[[], bool]) -> list[float]:
    """Send a photo every half second until it is over; return the milliseconds from each POST to its stored answer."""
    from predictor.models import Upload

    sent: dict[str, float] = {}
    while not over():
        now = time.time()
        content = photo.read_bytes() + f"{name} {len(sent)}".encode()  # decoders ignore it, and its hash is new
        sent[client.upload(content, photo.name)] = now
        time.sleep(max(0.0, PAUSE_SECONDS - (time.time() - now)))
    wait_for(lambda: not Upload.objects.filter(pk__in=sent, finished=None).exists())
    done = Upload.objects.in_bulk(list(sent)).values()
    assert all(upload.state == Upload.State.DONE for upload in done), "a photo got no answer"
    return [1000 * (upload.finished.timestamp() - sent[str(upload.pk)]) for upload in done if upload.finished]


def middle_and_high(milliseconds: list[float]) -> str:
    middle, high = np.quantile(milliseconds, [0.5, 0.95])
    return f"{middle:6.0f} {high:5.0f} ms"


def report(what: str, measured: float, unit: str, goal: float | None = None) -> None:
    """Print a figure beside its goal, and whether that is met."""
    aim = "" if goal is None else f"{f'< {goal:,} {unit}':>16}   {'met' if measured < goal else 'MISSED'}"
    say(f"{what:52}{measured:9,.{0 if unit == 'MB' else 1}f} {unit}{aim}")


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"This took more than {PATIENCE_SECONDS} s; the logs of the site may say why.")
        time.sleep(0.02)


if __name__ == "__main__":
    main()
