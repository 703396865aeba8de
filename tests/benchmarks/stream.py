"""`make bench-learning`: whether learning on from batch to batch is as good as learning everything anew, and cheaper.

The train posts of a data set come in ten batches, in random order. After each one model has learned on and another has
learned from scratch; both are asked about photos that neither has seen. Old hashtags are those of the first batches.
"""

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from predictor.ml import bootstrap, kinds
from predictor.ml.contract import Model, TaggedPost, silent
from predictor.ml.metrics import FIRST, Truth, Values, judge
from tag4pic_site import home
from tests.benchmarks.learning import fresh
from tests.benchmarks.open_vocabulary import asked, drawn, kept_or_temporary, of
from tests.benchmarks.speed import manage, say, setup_django

if TYPE_CHECKING:
    from predictor.tuning.ground import Ground

BATCHES = 10
OLD = 5  # hashtags of this many first batches count as old
HEADS = (
    "kind", "batch", "posts", "how", "R@5", "R@5 of full", "difference", "old hashtags", "full", "seconds", "full"
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder with posts.jsonl, the layout of import_posts")
    parser.add_argument("--home", type=Path, help="a home to work in and to keep, where posts stay embedded")
    options = parser.parse_args()
    home.limit_threads()
    with kept_or_temporary(options.home) as folder:
        os.environ |= {"TAG4PIC_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "tag4pic_site.settings"}
        manage("import_posts", str(options.folder), environment=dict(os.environ))
        say(f"| {' | '.join(HEADS)} |\n{'|---' * len(HEADS)}|")
        for kind in kinds.IDS:
            fresh(stream, kind, options.folder.resolve().name)


def stream(kind: str, source: str) -> None:
    """Feed one kind, and print a row after each batch."""
    setup_django()
    from predictor.learning.training import KNOWN_SHARE
    from predictor.tuning import ground

    given = ground.prepare(kind, [source], silent)
    posts = given.learned.posts
    order = np.random.default_rng(1).permutation(len(posts))
    seen: list[TaggedPost] = []
    old: set[str] = set()
    model: Model | None = None
    for number, batch in enumerate(np.array_split(order, BATCHES), start=1):
        known = len(seen)
        seen = [*seen, *(posts[row] for row in sorted(batch))]
        if number <= OLD:
            old |= {tag for post in seen for tag in post.tags}
        going_on = model if known >= KNOWN_SHARE * len(seen) else None
        model, seconds = learned(kind, seen, given, going_on)
        full, full_seconds = (model, seconds) if going_on is None else learned(kind, seen, given, None)
        how = "full" if going_on is None else "learned on"
        row = [kind, str(number), str(len(seen)), how, *compared(model, full, given, old)]
        say(f"| {' | '.join([*row, f'{seconds:.1f}', f'{full_seconds:.1f}'])} |")


def learned(kind: str, posts: Sequence[TaggedPost], given: "Ground", going_on: Model | None) -> tuple[Model, float]:
    """A model of these posts, and the seconds that it took; `going_on` is the one to learn on from."""
    embeddings, started = of(given.learned.embeddings, posts), time.perf_counter()
    if going_on is None:
        model = kinds.get(kind).model_class()().fit(posts, embeddings)
    else:
        model = going_on.update(posts, embeddings)
    return model, time.perf_counter() - started


def compared(one: Model, full: Model, given: "Ground", old: set[str]) -> list[str]:
    """R@5 of both, their paired difference, and the same for old hashtags alone."""
    ours, theirs = (recalls(model, given, None) for model in (one, full))
    against = bootstrap.difference(ours.mean() - theirs.mean(), drawn(ours), drawn(theirs))
    kept = [f"{100 * recalls(model, given, old).mean():.1f}" for model in (one, full)]
    interval = f"{100 * against.measured:+.1f} ({100 * against.low:+.1f} to {100 * against.high:+.1f})"
    return [f"{100 * ours.mean():.1f}", f"{100 * theirs.mean():.1f}", interval, *kept]


def recalls(model: Model, given: "Ground", hashtags: set[str] | None) -> Values:
    """R@5 of each photo, [photos]; of these hashtags alone where they are given."""
    truth = [tuple(tag for tag in post.tags if hashtags is None or tag in hashtags) for post in given.measured.posts]
    names = [[item.tag for item in ranking] for ranking in asked(model, given.measured.embeddings.vectors)]
    return judge(Truth.of(truth), names).recall(FIRST)


if __name__ == "__main__":
    main()
