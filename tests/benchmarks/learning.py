"""`make bench`, third part: what it takes both models to learn from 10,000 posts and more, and to answer afterwards.

Posts are made up: their hashtag lists are drawn from HARRISON's where `--data` names the folder with its files, else
from the starter's; their embeddings follow from their hashtags and chance. Every figure comes from a fresh process.
"""

import argparse
import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np

from corpus.sources.harrison import TAGS
from predictor.ml import kinds
from predictor.ml.contract import Embeddings, Matrix, Model, TaggedPost, Vector
from tag4pic_site import home
from tests.benchmarks.corpus import real_lists
from tests.benchmarks.importing import megabytes
from tests.benchmarks.speed import say, setup_django, timed

SIZES = (10_000, 80_000, 320_000)  # posts
GOALS_FOR = 80_000
GOALS = {
    "fit als": 60,  # seconds
    "fit als, memory": 4000,  # megabytes, at most
    "fit w2v": 300,
    "fit w2v, memory": 4000,
    "suggest als and w2v": 10,  # milliseconds, median
}
QUERIES, SUGGESTED, EXPLAINED = 200, 100, 10
WIDTH, HIDDEN = 1280, 512  # of embeddings, and of what they are made from
CHUNK = 4096
Lists = list[tuple[str, ...]]
Result = TypeVar("Result")


def main() -> None:
    options = arguments()
    home.limit_threads()
    with tempfile.TemporaryDirectory(prefix="tag4pic-bench-") as folder:
        os.environ |= {"TAG4PIC_HOME": folder, "DJANGO_SETTINGS_MODULE": "tag4pic_site.settings"}
        say(f"learning from posts with hashtag lists of {'HARRISON' if options.data else 'the starter'}")
        say(f"{'posts':>9}  {'':24}{'measured':>12}{'goal':>12}   growth")
        before: dict[str, tuple[int, float]] = {}
        for size in options.sizes:
            try:
                for name, unit, value in figures(size, options.data, Path(folder)):
                    say(line(size, name, unit, value, before.get(name)))
                    before[name] = size, value
            except (BrokenProcessPool, MemoryError):
                say(f"{size:9,}  ended in the middle; the memory was probably not enough")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help=f"folder with HARRISON's {TAGS}")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of posts to learn from")
    options = parser.parse_args()
    if options.data and not (options.data / TAGS).is_file():
        parser.error(f"There is no {TAGS} in {options.data}.")
    return options


def figures(size: int, data: Path | None, folder: Path) -> Iterator[tuple[str, str, float]]:
    """Yield name, unit and value of all that is measured at this size."""
    for kind in kinds.IDS:
        seconds, processor, memory = fresh(fit, kind, size, data, folder)
        yield f"fit {kind}", "s", seconds
        yield f"fit {kind}, processor", "s", processor
        yield f"fit {kind}, memory", "MB", memory
    for name, milliseconds in fresh(answer, data, folder).items():
        yield f"suggest {name}", "ms", milliseconds


def line(size: int, name: str, unit: str, value: float, before: tuple[int, float] | None) -> str:
    """One figure beside its goal; growth is the power of the number of posts with which it rose since the last size."""
    goal = f"< {GOALS[name]:,} {unit}" if size == GOALS_FOR and name in GOALS else ""
    growth = f"n^{math.log(value / before[1]) / math.log(size / before[0]):.2f}" if before else ""
    return f"{size:9,}  {name:24}{value:9,.{0 if unit == 'MB' else 1}f} {unit:2}{goal:>12}   {growth}".rstrip()


def fresh(work: Callable[..., Result], *arguments: object) -> Result:
    """Call a function in a process of its own, which begins with no memory and no library in use."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(work, *arguments).result()


def fit(kind: str, size: int, data: Path | None, folder: Path) -> tuple[float, float, float]:
    """Fit one model and store it.

    Returns the seconds of fitting, by the clock and of all cores together, and the most megabytes of the process.
    """
    lists = hashtag_lists(data)
    chosen = drawn(lists, size)
    posts = [TaggedPost(id, tags) for id, tags in enumerate(chosen)]
    embeddings = Embeddings("made-up", np.arange(size), pictures(lists, chosen, size))
    started, worked = time.perf_counter(), time.process_time()
    model = kinds.get(kind).model_class()().fit(posts, embeddings)
    seconds, processor, memory = time.perf_counter() - started, time.process_time() - worked, megabytes()
    (folder / kind).mkdir(exist_ok=True)
    model.save(folder / kind)
    return seconds, processor, memory


def answer(data: Path | None, folder: Path) -> dict[str, float]:
    """Load both models as the worker does, and return the median milliseconds of each and of one after the other."""
    models = [kinds.get(kind).model_class().load(folder / kind) for kind in kinds.IDS]
    lists = hashtag_lists(data)
    queries = pictures(lists, drawn(lists, QUERIES), QUERIES)
    spent = np.array([[ask(model, query) for model in models] for query in queries])  # [queries, models]
    found = dict(zip(kinds.IDS, np.median(spent, axis=0).tolist(), strict=True))
    return found | {" and ".join(kinds.IDS): float(np.median(spent.sum(axis=1)))}


def ask(model: Model, query: Vector) -> float:
    return timed(lambda embedding: model.suggest(embedding, SUGGESTED, EXPLAINED), query)


def hashtag_lists(data: Path | None) -> Lists:
    if data is None:
        setup_django()
        return real_lists()
    return [tuple(dict.fromkeys(row.split())) for row in (data / TAGS).read_text(encoding="utf-8").splitlines()]


def drawn(lists: Lists, number: int) -> Lists:
    """So many of the lists at random; one may come more than once."""
    return [lists[row] for row in np.random.default_rng(number).integers(len(lists), size=number)]


def pictures(lists: Lists, wanted: Lists, seed: int) -> Matrix:
    """Embeddings [wanted, WIDTH] from which hashtags can be told about as well as from real photos.

    A hidden vector is noise plus the mean of the prototypes of the post's hashtags; a random projection of falling
    weights and a ReLU make an embedding of it, with as many zeros and principal components as real ones have.
    """
    tags = sorted({tag for row in lists for tag in row})
    place = {tag: row for row, tag in enumerate(tags)}
    same, random = np.random.default_rng(1), np.random.default_rng((2, seed))
    prototypes = same.standard_normal((len(tags), HIDDEN), np.float32)
    weights = np.arange(1, HIDDEN + 1)[:, None] ** -0.5
    projection = same.standard_normal((HIDDEN, WIDTH)) * weights / np.linalg.norm(weights)
    found = np.empty((len(wanted), WIDTH), np.float32)
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        shared = np.array([prototypes[[place[tag] for tag in row]].mean(axis=0) for row in part])
        hidden = shared + random.standard_normal(shared.shape, np.float32)
        found[start : start + CHUNK] = np.maximum(hidden @ projection.astype(np.float32) + 0.5, 0)
    return found


if __name__ == "__main__":
    main()
