"""`make bench`, second part: imports, duplicates and the admin with 80,000 posts, in a temporary home.

The posts are made up, their hashtag lists are real: those of the starter, over and over. Pictures are parts of
scikit-image's photos.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from tests.benchmarks.speed import ROOT, say, setup_django, timed

SMALL, LARGE = 20_000, 80_000  # posts
PHOTOS = 500
MILLION = 1_000_000
ROUNDS = 5


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tag4pic-bench-") as folder:
        home = Path(folder)
        os.environ |= {"TAG4PIC_HOME": str(home / "large"), "DJANGO_SETTINGS_MODULE": "tag4pic_site.settings"}
        setup_django()
        imports(home)
        photos(home)
        lookups()
        pages()


def imports(home: Path) -> None:
    """Time imports of posts with hashtags alone, and show that their memory does not grow with them."""
    for name, number in (("small", SMALL), ("large", LARGE)):
        posts = write_posts(home / f"posts-{number}", number)
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.importing", str(posts)],
            cwd=ROOT,
            env=os.environ | {"TAG4PIC_HOME": str(home / name)},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        rate = number / (time.perf_counter() - started)
        before, after = done.stdout.split()
        what = f"import of {number:,} tag-only posts"
        say(f"{what:42}{rate:9,.0f} a second   goal > 2,000   {before} MB at most, {after} MB with counting")


def write_posts(folder: Path, number: int) -> Path:
    folder.mkdir()
    with (folder / "posts.jsonl").open("w") as file:
        for place, tags in enumerate(islice(cycle(real_lists()), number)):
            file.write(json.dumps({"id": f"p{place}", "image": None, "tags": tags, "split": None}) + "\n")
    return folder


def real_lists() -> list[tuple[str, ...]]:
    from predictor.starter import shipped

    return [tuple(tags) for tags in shipped.read(shipped.FILES).lists]


def photos(home: Path) -> None:
    """Time an import with pictures, and show which part of it is opening them."""
    folder = home / "photos"
    folder.mkdir()
    with (folder / "posts.jsonl").open("w") as file:
        for number, tags in zip(range(PHOTOS), cycle(real_lists()), strict=False):
            write_part(number, folder / f"{number}.jpg")
            file.write(json.dumps({"image": f"{number}.jpg", "tags": tags}) + "\n")
    command = [sys.executable, "manage.py", "import_posts", str(folder)]
    seconds = (
        timed(
            lambda _: subprocess.run(
                command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
            ),
            None,
        )
        / 1000
    )
    from corpus.models import ImportRun

    counts = ImportRun.objects.latest("pk").counts
    share = counts["opening_seconds"] / counts["seconds"]
    what = f"import of {PHOTOS} photos of 1080 pixels"
    say(f"{what:42}{PHOTOS / seconds:9,.0f} a second   opening them: {share:.0%} of the time")


def write_part(number: int, target: Path) -> None:
    """Write a part of a real photo, another one for each number, enlarged to 1080 pixels."""
    from PIL import Image

    from tests.benchmarks.photos import NAMES, data_folder

    photo = Image.open(data_folder() / NAMES[number % len(NAMES)]).convert("RGB")
    left, top = 7 * number % (photo.width // 2), 5 * number % (photo.height // 2)
    part = photo.crop((left, top, left + photo.width // 2, top + photo.height // 2))
    part.resize((1080, 720)).save(target, quality=90)


def lookups() -> None:
    """Time the index of hashes: 80,000 posts checked as they come, and 1,000 looked up among a million."""
    import numpy as np

    from corpus.hash_index import HashIndex
    from corpus.images import PhotoHashes

    numbers = np.random.default_rng(1).integers(0, 2**63, (MILLION, 2)).tolist()
    hashes = [PhotoHashes(f"{average:016x}", f"{difference:016x}", False) for average, difference in numbers]
    index = HashIndex()
    started = time.perf_counter()
    for id, own in enumerate(hashes[:LARGE]):
        index.find(own)
        index.add(id, own)
    say(f"{f'{LARGE:,} hashes checked, one after another':42}{time.perf_counter() - started:9.1f} s")
    for id, own in enumerate(hashes[LARGE:], LARGE):
        index.add(id, own)
    started = time.perf_counter()
    found = [index.find(hashes[place]) for place in range(0, MILLION, MILLION // 1000)]
    seconds = time.perf_counter() - started
    assert found == list(range(0, MILLION, MILLION // 1000)), "each hash is its own nearest"
    say(f"{f'1,000 hashes looked up among {MILLION:,}':42}{seconds:9.2f} s   goal < 2 s")


def pages() -> None:
    """Time the admin's pages with all these posts, and count their queries."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    call_command("collectstatic", verbosity=0, interactive=False)
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.create_superuser("bench"), backend="django.contrib.auth.backends.ModelBackend")
    say(f"{'page of the admin':42}{'median':>12}{'queries':>10}   goal < 300 ms and < 15 queries")
    for path in addresses():
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path, follow=True)
            assert answer.status_code == 200, f"{path} answers {answer.status_code}"
        queries = len(captured)  # before the next request, which starts a new list
        middle = statistics.median(timed(client.get, path) for _ in range(ROUNDS))
        say(f"{path.removeprefix('/admin/') or 'overview':42}{middle:9.0f} ms{queries:10}")


def addresses() -> Iterator[str]:
    """Every list of the corpus in the admin, and the curators' own pages."""
    from django.contrib import admin
    from django.urls import reverse

    yield reverse("admin:index")
    for model in admin.site._registry:
        if model._meta.app_label == "corpus":
            yield reverse(f"admin:corpus_{model._meta.model_name}_changelist")
    yield reverse("admin:corpus_post_review")
    yield reverse("admin:corpus_post_duplicates")
    yield reverse("admin:corpus_post_changelist") + "?q=%23love"
    yield reverse("admin:corpus_post_changelist") + "?status__exact=approved&p=100"


if __name__ == "__main__":
    main()
