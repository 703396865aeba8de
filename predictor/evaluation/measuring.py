"""Measuring: every ranking on the same photos, and what comes of it for the report."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from itertools import combinations
from statistics import fmean
from typing import Any

from predictor.evaluation import baselines, by_tag, contestants, ground
from predictor.evaluation.contestants import GROUPS, MODEL, RECIPE, Contestant
from predictor.evaluation.ground import Ground, NothingToMeasure
from predictor.evaluation.report import Comparison, Report, Row, Setting
from predictor.learning.snapshots import Snapshot
from predictor.ml.bootstrap import Draws, difference
from predictor.ml.contract import Model, Progress, TaggedPost, silent
from predictor.ml.metrics import DEEP, FIRST, HEAD, Judged, Truth, draw, headline, judge, measure, popularity
from predictor.ml.rankings import NONE, Rankings
from predictor.ml.reliability import Reliability, reliability

SPECIFIC = (0.5, 1.0)  # settings of the control that have rows of their own
STEPS = 10  # of the control's curve


def evaluate(
    split: str,
    sources: Collection[str] = (),
    words: Collection[str] | None = None,
    specific: Sequence[float] = SPECIFIC,
    recipes: bool = False,
    progress: Progress = silent,
) -> Report:
    """Measure baselines, every active version, their blend, the five, and versions and blend at specific settings.

    `words` limits truth and answers; `recipes` adds the published experiments. Raises NothingToMeasure.
    """
    on = ground.prepare(split, sources, words, progress)
    truth, photos = _truth(on)
    models = list(contestants.models(on, progress))
    if not models:
        raise NothingToMeasure(" ".join(on.notes))
    asked = [*baselines.beside(on, progress), *models, *(baselines.recipes(on, progress) if recipes else [])]
    shown = [contestants.shown(one, on, photos) for one in asked]
    steerable = contestants.with_blend([one for one in shown if one.group == MODEL])
    steered = [contestants.steered(one, at, DEEP) for one in steerable for at in dict.fromkeys(specific)]
    five = contestants.best_sets(steerable[-1], on, DEEP, progress)
    field = sorted([*shown, steerable[-1], five, *steered], key=lambda one: GROUPS.index(one.group))
    control = [setting for one in steerable for setting in _curve(one, truth, progress)]
    return _report(on, truth, field, list(specific), control, progress)


def measure_model(model: Model, dev: Snapshot, training: Sequence[TaggedPost]) -> dict[str, Any]:
    """Return a new model's metrics on dev posts, with popularity's R@5 beside them; empty where there are none."""
    posts, rankings = ask_model(model, dev)
    return measure_rankings(posts, rankings, training) if posts else {}


def ask_model(model: Model, dev: Snapshot) -> tuple[list[TaggedPost], Rankings]:
    """Ask a model about the posts of a snapshot that have an embedding; return these and its first ten answers."""
    row = {int(id): place for place, id in enumerate(dev.embeddings.ids)}
    posts = [post for post in dev.posts if post.id in row]
    seen = dev.embeddings.vectors[[row[post.id] for post in posts]]
    return posts, contestants.ask(model, seen, DEEP, "Measuring", silent)


def measure_rankings(posts: Sequence[TaggedPost], rankings: Rankings, training: Sequence[TaggedPost]) -> dict[str, Any]:
    """Return the metrics of a model's rankings of these posts, with popularity's R@5 beside them."""
    truth, popular = Truth.of([post.tags for post in posts]), popularity(training)
    judged = judge(truth, rankings.names(DEEP))
    calibration = _reliability(rankings, judged)
    return {
        **asdict(measure(judged, draw([judged])[0], popular[:HEAD], popular)),
        "ECE": calibration and calibration.error,
        "popularity_R5": float(judge(truth, [popular[:DEEP]] * len(posts)).recall(FIRST).mean()),
    }


def _truth(on: Ground) -> tuple[Truth, list[int]]:
    """Return the hashtags of the photos that have any, as far as the words allow, and these photos' places."""
    tags = [[tag for tag in post.tags if on.words is None or tag in on.words] for post in on.posts]
    photos = [place for place, found in enumerate(tags) if found]
    if not photos:
        raise NothingToMeasure("None of the given words stands on a photo of this split.")
    return Truth.of([tags[place] for place in photos]), photos


def _report(
    on: Ground,
    truth: Truth,
    field: Sequence[Contestant],
    specific: list[float],
    control: list[Setting],
    progress: Progress,
) -> Report:
    progress("Comparing", 0.0)
    judged = {one.name: judge(truth, one.rankings.names(DEEP)) for one in field}
    drawn = dict(zip(judged, draw(list(judged.values())), strict=True))
    in_tables = {one.name: judged[one.name] for one in field if one.group != RECIPE}
    return Report(
        split=on.split,
        posts=len(truth),
        sources=on.sources,
        words=None if on.words is None else len(on.words),
        notes=on.notes,
        specific=specific,
        rows=[_row(one, judged[one.name], drawn[one.name], on) for one in field],
        comparisons=_compare(judged, drawn),
        bands=by_tag.bands(in_tables, on.counts),
        control=control,
        tag_rows=list(in_tables),
        tags=by_tag.table(in_tables, on.counts),
    )


def _row(one: Contestant, judged: Judged, drawn: Draws, on: Ground) -> Row:
    calibration = _reliability(one.rankings, judged) if one.probability else None
    twins = fmean(on.kinship.hold_twins(tags) for tags in one.rankings.names(FIRST))
    return Row(one, measure(judged, drawn, on.popular[:HEAD], on.popular), calibration, twins)


def _reliability(rankings: Rankings, judged: Judged) -> Reliability | None:
    """Compare the scores of the answers that the page shows with how often they were right."""
    shown = rankings.cells[:, :DEEP]
    answered, right = shown["tag"] != NONE, judged.hits[:, : shown.shape[1]]
    return reliability(shown["score"][answered], right[answered])


def _compare(judged: dict[str, Judged], drawn: dict[str, Draws]) -> list[Comparison]:
    figures = {name: headline(one) for name, one in judged.items()}
    return [
        Comparison(
            ours,
            theirs,
            {
                name: difference(
                    value - figures[theirs][name], getattr(drawn[ours], name), getattr(drawn[theirs], name)
                )
                for name, value in figures[ours].items()
            },
        )
        for theirs, ours in combinations(judged, 2)
    ]


def _curve(one: Contestant, truth: Truth, progress: Progress) -> Iterator[Setting]:
    """What a ranking scores at each of the control's settings."""
    for step in range(STEPS + 1):
        at = step / STEPS
        judged = judge(truth, contestants.steered(one, at, DEEP).rankings.names(DEEP))
        yield Setting(one.name, at, **headline(judged), Nplus=int((judged.by_tag().right > 0).sum()))
        progress(f"Steering {one.name}", at)
