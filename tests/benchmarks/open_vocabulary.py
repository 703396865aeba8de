"""`make bench-open-vocabulary`: whether it helps to suggest hashtags that are known from posts without pictures alone.

Hashtags are held out: half of the posts keep their pictures and lose these hashtags, the other half lose their pictures
and keep all hashtags. Both models learn from that; photos that they do not know show how often such a hashtag is
suggested, and how often rightly.
"""

import argparse
import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from predictor.ml import bootstrap, kinds
from predictor.ml.blend import blend
from predictor.ml.contract import Embeddings, Matrix, Model, ModelError, TaggedPost, silent
from predictor.ml.metrics import DEEP, FIRST, Truth, Values, judge
from predictor.ml.rankings import Ranking
from tag4pic_site import home
from tests.benchmarks.learning import fresh
from tests.benchmarks.speed import manage, say, setup_django

if TYPE_CHECKING:
    from predictor.tuning.ground import Ground

DISCOUNTS = (0.1, 0.25, 0.5, 1.0)
WITHOUT, DEFAULT = "0", "default"  # never suggested, which all else is compared with; each model's own discount
ROUNDS = 5  # choices of hashtags, none of which is chosen twice
HELD_OUT, LEAST_POSTS = 0.1, 5  # share of the hashtags, of those that at least so many posts carry
SUGGESTED = 100  # by each model, for the blend: what the site keeps of a photo
HEADS = (
    "ranking",
    "discount",
    *(f"{what}, {depth}" for depth in (FIRST, DEEP) for what in ("given", "right", "found")),
    "said",
    *(f"R@{depth}{more}" for depth in (FIRST, DEEP) for more in ("", ", against 0")),
)
Settings = dict[str, float | None]  # discounts by name; None is each model's own
Row = tuple[str, str]  # name of the ranking, name of the setting


@dataclass(frozen=True, slots=True)
class Counts:
    """What one ranking of each photo is worth, [photos], or [photos, 2] for the first five and ten answers."""

    wanted: Values  # held-out hashtags that the photo carries
    given: Values  # those among the answers
    right: Values
    said: Values  # sum of the scores of those among the first ten
    recall: Values  # of all hashtags

    @classmethod
    def joined(cls, rounds: Sequence["Counts"]) -> "Counts":
        """Sums over choices of hashtags on the same photos, and mean recall."""
        sums = cls(*(np.sum([getattr(one, field.name) for one in rounds], axis=0) for field in fields(cls)))
        return replace(sums, recall=sums.recall / len(rounds))


def main() -> None:
    options = arguments()
    home.limit_threads()
    settings = {WITHOUT: 0.0, **{f"{discount:g}": discount for discount in options.discounts}, DEFAULT: None}
    with kept_or_temporary(options.home) as folder:
        os.environ |= {"TAG4PIC_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "tag4pic_site.settings"}
        for posts in options.folders:
            manage("import_posts", str(posts), environment=dict(os.environ))
            fresh(report, posts.resolve().name, settings)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", help="folders with posts.jsonl, the layout of import_posts")
    parser.add_argument("--discounts", type=float, nargs="+", default=DISCOUNTS, help="on the scores of such hashtags")
    parser.add_argument(
        "--home", type=Path, help="a home to work in and to keep, where posts stay embedded; else a new one"
    )
    options = parser.parse_args()
    for folder in options.folders:
        if not (folder / "posts.jsonl").is_file():
            parser.error(f"There is no posts.jsonl in {folder}.")
    return options


def kept_or_temporary(folder: Path | None) -> AbstractContextManager[str | Path]:
    return nullcontext(folder.resolve()) if folder else tempfile.TemporaryDirectory(prefix="tag4pic-bench-")


def report(source: str, settings: Settings) -> None:
    """Print the table of one source, or why there is none."""
    setup_django()
    from predictor.tuning import ground

    try:
        grounds = {kind: ground.prepare(kind, [source], silent) for kind in kinds.IDS}
        table(source, grounds, settings)
    except (ground.TuningError, ModelError) as error:
        say(f"{source}: {error}")


def table(source: str, grounds: Mapping[str, "Ground"], settings: Settings) -> None:
    """Print every ranking at every setting. Raises ModelError where the posts are too few."""
    one = grounds[kinds.IDS[0]]
    held = choices(one.learned.posts)
    say(
        f"{source}: {len(held)} times {len(held[0])} hashtags held out of {len(one.learned.posts):,} posts, "
        f"measured on {len(one.measured.posts):,} photos that the models did not learn from ({one.split} split)"
    )
    found: defaultdict[Row, list[Counts]] = defaultdict(list)
    for seed, hashtags in enumerate(held):
        for row, counts in measured(grounds, hashtags, seed, settings):
            found[row].append(counts)
    rows = {row: Counts.joined(rounds) for row, rounds in found.items()}
    say(f"\n| {' | '.join(HEADS)} |\n{'|---' * len(HEADS)}|")
    for name in dict.fromkeys(name for name, _ in rows):
        for setting in settings:
            cells = figures(rows[name, setting], rows[name, WITHOUT])
            say(f"| {' | '.join([name, setting, *cells])} |")
    say("")


def choices(posts: Sequence[TaggedPost]) -> list[set[str]]:
    """The hashtags that each round holds out, at random, the same for the same posts. Raises ModelError for none."""
    counts = Counter(tag for post in posts for tag in set(post.tags))
    common = sorted(tag for tag, count in counts.items() if count >= LEAST_POSTS)
    if not common:
        raise ModelError(f"No hashtag is on {LEAST_POSTS} posts, so none can be held out.")
    number = max(round(HELD_OUT * len(common)), 1)
    mixed = np.random.default_rng(0).permutation(common).tolist()
    return [set(mixed[start : start + number]) for start in range(0, min(ROUNDS * number, len(mixed)), number)]


def held_out(
    posts: Sequence[TaggedPost], hashtags: Collection[str], seed: int
) -> tuple[list[TaggedPost], list[TaggedPost]]:
    """A random half of the posts without these hashtags, to be learned with their pictures, and the others whole."""
    order = np.random.default_rng(seed).permutation(len(posts))
    pictured, others = ([posts[place] for place in sorted(half)] for half in np.array_split(order, 2))
    kept = [TaggedPost(post.id, tuple(tag for tag in post.tags if tag not in hashtags)) for post in pictured]
    return [post for post in kept if post.tags], others


def measured(
    grounds: Mapping[str, "Ground"], hashtags: set[str], seed: int, settings: Settings
) -> Iterator[tuple[Row, Counts]]:
    """Fit both models once, and yield what they and their blend are worth at each setting."""
    one = grounds[kinds.IDS[0]]
    pictured, others = held_out(one.learned.posts, hashtags, seed)
    models = {
        kind: kinds.get(kind).model_class()().fit([*pictured, *others], of(ground.learned.embeddings, pictured))
        for kind, ground in grounds.items()
    }
    for setting, discount in settings.items():
        own = {
            kind: asked(discounted(models[kind], discount), ground.measured.embeddings.vectors)
            for kind, ground in grounds.items()
        }
        photos = range(len(one.measured.posts))
        mixed = [blend({kind: rankings[photo] for kind, rankings in own.items()}) for photo in photos]
        for name, rankings in {**own, "blend": mixed}.items():
            yield (name, setting), count(rankings, one.measured.posts, hashtags)


def of(embeddings: Embeddings, posts: Sequence[TaggedPost]) -> Embeddings:
    """The embeddings of these posts alone."""
    kept = np.isin(embeddings.ids, [post.id for post in posts])
    return replace(embeddings, ids=embeddings.ids[kept], vectors=embeddings.vectors[kept])


def discounted(model: Any, discount: float | None) -> Model:
    """The same fitted model with another trust in hashtags without pictures; None is its own default."""
    default = type(model.options)().tag_only_discount
    model.options = replace(model.options, tag_only_discount=default if discount is None else discount)
    fitted: Model = model
    return fitted


def asked(model: Model, embeddings: Matrix) -> list[Ranking]:
    return [model.suggest(embedding, SUGGESTED) for embedding in embeddings]


def count(rankings: Sequence[Ranking], photos: Sequence[TaggedPost], hashtags: set[str]) -> Counts:
    """Look for the held-out hashtags in one ranking of each photo."""
    both = np.arange(1, DEEP + 1)[:, None] <= (FIRST, DEEP)  # [DEEP, 2]
    found, right, said = (np.zeros((len(photos), DEEP)) for _ in range(3))
    for row, (ranking, post) in enumerate(zip(rankings, photos, strict=True)):
        for place, item in enumerate(ranking[:DEEP]):
            if item.tag in hashtags:
                found[row, place], right[row, place], said[row, place] = 1, item.tag in post.tags, item.score
    names = [[item.tag for item in ranking[:DEEP]] for ranking in rankings]
    judged = judge(Truth.of([post.tags for post in photos]), names)
    return Counts(
        wanted=np.array([len(hashtags.intersection(post.tags)) for post in photos], np.float64),
        given=found @ both,
        right=right @ both,
        said=said.sum(axis=1),
        recall=np.stack([judged.recall(FIRST), judged.recall(DEEP)], axis=1),
    )


def figures(counts: Counts, without: Counts) -> list[str]:
    """The cells of one row, in the order of HEADS."""
    given, right, wanted = counts.given.sum(axis=0), counts.right.sum(axis=0), counts.wanted.sum()
    cells = []
    for depth in range(2):
        cells += [f"{given[depth]:.0f}", share(right[depth], given[depth]), share(right[depth], wanted)]
    cells.append(share(counts.said.sum(), given[1]))
    for depth in range(2):
        ours, theirs = counts.recall[:, depth], without.recall[:, depth]
        against = bootstrap.difference(ours.mean() - theirs.mean(), drawn(ours), drawn(theirs))
        cells.append(f"{100 * ours.mean():.2f}")
        cells.append(f"{100 * against.measured:+.2f} ({100 * against.low:+.2f} to {100 * against.high:+.2f})")
    return cells


def drawn(values: Values) -> bootstrap.Drawn:
    """The mean over photos in each draw of the bootstrap, [draws]."""
    return np.concatenate([weights @ values / len(values) for weights in bootstrap.weights(len(values))])


def share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f}" if whole else ""


if __name__ == "__main__":
    main()
