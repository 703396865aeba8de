"""`make bench`: what explanations cost, how much they delay photos, and how true the maps of hashtags are."""

import os
import signal
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.client import Client
from tests.benchmarks.photos import enlarged
from tests.benchmarks.speed import answered, say, setup_django, start_site

PHOTOS, IN_A_ROW, EXPLAINED = 40, 10, 5
MANY = 20_000  # hashtags of a large corpus


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tag4pic-bench-") as folder:
        home = Path(folder)
        os.environ |= {"TAG4PIC_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tag4pic_site.settings"}
        os.environ |= {"TAG4PIC_UPLOADS_PER_MINUTE": "0", "TAG4PIC_PORT": "8410"}
        site, address = start_site()
        try:
            setup_django()
            delays(home, Client(address))
            maps()
        finally:
            site.send_signal(signal.SIGINT)
            site.wait()


def delays(home: Path, client: Client) -> None:
    """Time explanations alone, then photos with and without one in the making, in turns."""
    photo = enlarged(1080, home / "small.jpg")
    for number in range(EXPLAINED + 1):
        answered(client, photo, number)
    alone = [explained() for _ in range(EXPLAINED)]
    say(f"{f'an explanation, median of {EXPLAINED}':34}{statistics.median(alone):9.1f} s{max(alone):8.1f} s at most")
    waits: dict[bool, list[float]] = {False: [], True: []}
    for number in range(2 * PHOTOS):
        with_one = bool(number // IN_A_ROW % 2)
        if with_one:
            ask()
        else:
            finish()
        waits[with_one].append(answered(client, photo, 100 + number))
    finish()
    for with_one, name in ((False, "a photo alone"), (True, "while an explanation is made")):
        middle, slow = statistics.median(waits[with_one]), float(np.quantile(waits[with_one], 0.95))
        say(f"{name:34}{middle:9.0f} ms{slow:7.0f} ms is the 95th percentile of {PHOTOS}")


def ask() -> None:
    """Let an explanation be in the making, and just begun."""
    from predictor import queue
    from predictor.models import Explanation, Upload

    if Explanation.objects.open().exists():
        return
    upload = Upload.objects.filter(state=Upload.State.DONE, explanation=None).latest("created")
    Explanation.objects.create(upload=upload)
    queue.enqueue_lost_explanation(upload.pk)
    time.sleep(0.1)


def finish() -> None:
    from predictor.models import Explanation

    while Explanation.objects.open().exists():
        time.sleep(0.02)


def explained() -> float:
    """Return the seconds that one explanation takes."""
    started = time.perf_counter()
    ask()
    finish()
    return time.perf_counter() - started


def maps() -> None:
    """Measure the maps of the versions that serve, beside the first two principal components."""
    from predictor.learning import versions
    from predictor.ml import tag_map
    from predictor.ml.neighbours import unit
    from predictor.ml.tables import most_frequent
    from predictor.models import VersionHashtag

    say(f"{'map of the commonest hashtags':34}{'kept of 10':>12}{'trustworthy':>12}{'by PCA':>16}{'drawn in':>11}")
    for version in versions.active().values():
        model = versions.open_version(version)
        geometry = model.geometry()
        known = {
            tag: (x, y) for tag, x, y in VersionHashtag.objects.filter(version=version).values_list("tag", "x", "y")
        }
        common = most_frequent(model.prior_, tag_map.MAPPED)
        rows, places = geometry[common], np.array([known[model.tags_[column]] for column in common], np.float32)
        _, _, axes = np.linalg.svd(unit(rows) - unit(rows).mean(axis=0), full_matrices=False)
        flat = np.asarray(unit(rows) @ axes[:2].T, np.float32)
        started = time.process_time()
        tag_map.tag_map(model.tags_, geometry, model.prior_)
        seconds = time.process_time() - started
        kept, trusted = tag_map.kept_neighbours(rows, places), tag_map.trustworthiness(rows, places)
        by_pca = f"{tag_map.kept_neighbours(rows, flat):.2f}, {tag_map.trustworthiness(rows, flat):.2f}"
        say(f"{version!s:34}{kept:12.2f}{trusted:12.2f}{by_pca:>16}{seconds:9.1f} s")
    vectors = np.random.default_rng(0).standard_normal((MANY, 200)).astype(np.float32)
    started = time.process_time()
    tag_map.tag_map([str(tag) for tag in range(MANY)], vectors, np.linspace(1, 0, MANY).astype(np.float32))
    say(f"{f'{MANY:,} hashtags':34}{time.process_time() - started:51.1f} s")


if __name__ == "__main__":
    main()
