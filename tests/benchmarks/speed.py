"""`make bench`: how long an answer takes, beside the naive way in the same run, and how much memory the site uses.

A fresh site is started in a temporary home with the starter models; DATA=folder adds the training of both models on the
posts of that folder (the layout of `import_posts`).
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.client import Client
from tests.benchmarks.photos import enlarged, mosaic

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS, NAIVE_ROUNDS = 15, 5
GOALS = {"12-megapixel JPEG (4000 x 3000)": 250, "1080-pixel JPEG": 120}  # milliseconds, median


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with posts.jsonl, to time training as well")
    data = parser.parse_args().data
    with tempfile.TemporaryDirectory(prefix="tag4pic-bench-") as folder:
        home = Path(folder)
        os.environ |= {"TAG4PIC_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tag4pic_site.settings"}
        os.environ |= {"TAG4PIC_UPLOADS_PER_MINUTE": "0", "TAG4PIC_PORT": "8400"}
        site, address = start_site()
        try:
            setup_django()
            answers(home, address)
            memory(site.pid)
        finally:
            site.send_signal(signal.SIGINT)
            site.wait()
        if data:
            training(data)


def start_site() -> tuple["subprocess.Popen[str]", str]:
    """Start the whole site in the temporary home, say how long that took, and return it with its address."""
    started = time.perf_counter()
    command = [sys.executable, "manage.py", "serve"]
    site = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert site.stdout is not None
    for line in site.stdout:
        if "ready at" in line:
            say(f"first start in a fresh home: {time.perf_counter() - started:.1f} s")
            return site, line.split()[-1]
    raise SystemExit("The site did not start.")


def setup_django() -> None:
    import django

    django.setup()


def answers(home: Path, address: str) -> None:
    """Time photos from the start of the POST to the moment when both rankings are stored."""
    from tests.benchmarks.naive import answer_in_fork

    client = Client(address)
    photos = [mosaic(4000, 3000, home / "large.jpg"), enlarged(1080, home / "small.jpg")]
    say(f"{'median of the photo':34}{'tag4pic':>12}{'slowest':>10}{'naive':>12}{'ratio':>8}{'goal':>12}")
    for photo, (name, goal) in zip(photos, GOALS.items(), strict=True):
        ours = [answered(client, photo, number) for number in range(ROUNDS + 1)][1:]
        naive = [timed(answer_in_fork, photo) for _ in range(NAIVE_ROUNDS)]
        middle, theirs = statistics.median(ours), statistics.median(naive)
        say(
            f"{name:34}{middle:9.0f} ms{max(ours):7.0f} ms{theirs:9.0f} ms{theirs / middle:7.1f}x"
            f"{'  < ' + str(goal) + ' ms':>12}"
        )


def answered(client: Client, photo: Path, number: int) -> float:
    """Upload a photo that the site has not seen, and return the milliseconds until its row is done."""
    from predictor.models import Upload

    content = photo.read_bytes() + f"round {number}".encode()  # decoders ignore what follows a JPEG; its hash is new
    started = time.time()
    id = client.upload(content, photo.name)
    while True:
        upload = Upload.objects.get(pk=id)
        if not upload.is_open:
            assert upload.state == Upload.State.DONE, upload.message
            assert upload.finished is not None
            return 1000 * (upload.finished.timestamp() - started)
        time.sleep(0.005)


def memory(site: int) -> None:
    """Print the resident memory of the web process and of the predict worker with its children."""
    processes = children_of(site)
    web = sum(resident(pid) for pid, command in processes.items() if "gunicorn" in command)
    predict = sum(
        resident(pid) for pid, command in processes.items() if "work predict" in command or "decoder" in command
    )
    say(f"{'resident, gunicorn and its worker':34}{web:9.0f} MB{'':40}  < 200 MB")
    say(f"{'resident, predict worker, 3 processes':34}{predict:6.0f} MB{'':40}  < 700 MB")


def children_of(pid: int) -> dict[int, str]:
    """Return every process below one, with its command line."""
    found: dict[int, str] = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found[int(child)] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
        found |= children_of(int(child))
    return found


def resident(pid: int) -> float:
    """Return a process's resident megabytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


def training(data: Path) -> None:
    """Time the training of both models on a folder of posts, with embeddings present."""
    with tempfile.TemporaryDirectory(prefix="tag4pic-bench-") as home:
        environment = os.environ | {"TAG4PIC_HOME": home}
        manage("import_posts", str(data), environment=environment)
        manage("embed", environment=environment)
        seconds = manage("train", "als", "w2v", environment=environment) / 1000
        say(f"{f'train als w2v on {data.name}':34}{seconds:9.0f} s{'':41}  < 120 s")


def manage(*arguments: str, environment: dict[str, str]) -> float:
    command = [sys.executable, "manage.py", *arguments]
    return timed(
        lambda _: subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL), None
    )


def timed(work: Any, argument: Any) -> float:
    """Return how many milliseconds a call takes."""
    started = time.perf_counter()
    work(argument)
    return 1000 * (time.perf_counter() - started)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
