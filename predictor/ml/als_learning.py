"""How the `als` kind learns: from scratch, on from where it was, and how a large model grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from predictor.ml import als_algebra as algebra
from predictor.ml import calibration, kernel_ridge, layers, tables
from predictor.ml.contract import Embeddings, Ids, Matrix, Progress, TaggedPost, Vector, silent
from predictor.ml.neighbours import lend, unit
from predictor.ml.tables import Rows, TagTable

if TYPE_CHECKING:
    from predictor.ml.als import AlsModel

NOBODY = np.empty(0, np.int64)


def learn(
    model: AlsModel, posts: Sequence[TaggedPost], embeddings: Embeddings, going_on: bool, progress: Progress
) -> None:
    """Learn all of a model; hashtags and net go on from where they are where `going_on`. Raises ModelError."""
    options = model.options
    photos, vectors = tables.photo_posts(posts, embeddings)
    tables.require(len(photos), len(tables.vocabulary(photos)))
    progress("reducing pictures", 0.0)
    model.mean_, covariance = algebra.moments(vectors)
    model.basis_, model.explained_ = algebra.half_white_pca(covariance, options.variance)
    progress("factorising", 0.1)
    before = model.net_tags if going_on else []
    _learn_hashtags(model, posts, photos, going_on)
    table = tables.tag_table(photos, model.tags_)
    scale = algebra.spread(covariance)
    held = model.ids_ if going_on else NOBODY
    _train_net(model, photos, vectors, scale, before, held, lambda stage, done: progress(stage, 0.1 + 0.4 * done))
    progress("learning what pictures promise", 0.5)
    factors = algebra.photo_factors(table, model.items_, options.regularisation, options.alpha)
    reduced = algebra.reduce(vectors, model.mean_, model.basis_)
    judged = options.kernel.rows_to_judge(len(photos))
    model.kernel_, alone = kernel_ridge.fit(reduced, lambda rows: factors[rows], judged, options.kernel)
    progress("attaching photos", 0.8)
    model.ids_, model.factors_, model.space_ = tables.ids_of(photos), factors, model.places(reduced)
    model.forget_derived()
    progress("calibrating", 0.9)
    _calibrate(model, reduced, judged, alone, table)
    progress("done", 1.0)


def _learn_hashtags(model: AlsModel, posts: Sequence[TaggedPost], photos: Sequence[TaggedPost], going_on: bool) -> None:
    options = model.options
    known = dict(zip(model.tags_, model.items_, strict=True)) if going_on else {}
    model.lengths_ = np.empty((0, 0), np.float32)
    _take_vocabulary(model, posts, photos)
    random = np.random.default_rng(options.seed).normal(0, 0.01, (len(model.tags_), options.factors))
    start = np.array([known.get(tag, fresh) for tag, fresh in zip(model.tags_, random, strict=True)], np.float32)
    model.items_ = algebra.factorise(
        tables.tag_table(posts, model.tags_),
        start,
        iterations=options.warm_iterations if known else options.iterations,
        regularisation=options.regularisation,
        alpha=options.alpha,
        seed=options.seed,
    )


def _take_vocabulary(model: AlsModel, posts: Sequence[TaggedPost], photos: Sequence[TaggedPost]) -> None:
    model.tags_ = tables.vocabulary(posts)
    model.prior_ = tables.priors(posts, model.tags_)
    seen = tables.priors(photos, model.tags_)
    model.pictured_ = (seen > 0).astype(np.float32)
    model.frequent_ = tables.most_frequent(seen, model.options.net_tags)
    model.forget_derived()


def grow(model: AlsModel, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress) -> None:
    """Take new hashtags and photos into a model that stays as it is in the rest. Raises ModelError.

    The net comes last: torch takes much memory, and photos are attached before it is there.
    """
    options, before, known, held = model.options, model.net_tags, model.tags_, model.ids_
    photos, vectors = tables.photo_posts(posts, embeddings)
    tables.require(len(photos), len(tables.vocabulary(photos)))
    progress("solving for new hashtags", 0.0)
    model.lengths_ = model.lengths
    rows = dict(zip(known, zip(model.items_, model.typical_, model.usual_, strict=True), strict=True))
    _take_vocabulary(model, posts, photos)
    random = np.random.default_rng(options.seed).normal(0, 0.01, (len(model.tags_), options.factors))
    usual = model.typical_.mean(), model.usual_.mean()  # until carriers say more
    all_of = [rows.get(tag, (start, *usual)) for tag, start in zip(model.tags_, random, strict=True)]
    items, model.typical_, model.usual_ = (np.array(part, np.float32) for part in zip(*all_of, strict=True))
    new = np.flatnonzero([tag not in rows for tag in model.tags_])
    table = tables.tag_table(posts, model.tags_)
    model.items_ = algebra.solve_new(table, items, new, options.regularisation, options.alpha)
    progress("attaching photos", 0.2)
    table = tables.tag_table(photos, model.tags_)
    factors = algebra.photo_factors(table, model.items_, options.regularisation, options.alpha)
    _join(model, photos, vectors, factors)
    progress("calibrating", 0.5)
    _calibrate_new(model, new, vectors, table)
    progress("training the net", 0.6)
    _train_net(model, photos, vectors, model.layers_.scale, before, held, silent)
    progress("done", 1.0)


def _join(model: AlsModel, photos: Sequence[TaggedPost], vectors: Matrix, factors: Matrix) -> None:
    """Hold these photos; those that were held before keep their place in the space."""
    ids, row = tables.ids_of(photos), {int(id): place for place, id in enumerate(model.ids_)}
    old = np.array([row.get(int(id), -1) for id in ids])
    fresh = np.flatnonzero(old < 0)
    space = model.space_[old]
    reduced = algebra.reduce(vectors[fresh], model.mean_, model.basis_)
    space[fresh] = model.places(reduced)
    model.ids_, model.factors_, model.space_ = ids, factors, space
    model.forget_derived()


def _calibrate_new(model: AlsModel, new: Rows, vectors: Matrix, table: TagTable) -> None:
    """Learn how new hashtags usually score, from photos that carry them, as if those were new."""
    carried = table.only(new)
    rows = np.flatnonzero(carried.sizes)[: model.options.kernel.judged]
    if not len(rows):
        return
    expected = model.kernel_.predict(algebra.reduce(vectors[rows], model.mean_, model.basis_))
    share, temperature = model.options.neighbour_share, model.options.temperature
    lent = lend(model.space_[rows], model.space_, model.factors_, model.neighbours, temperature, rows)
    scores = (share * lent + (1 - share) * expected) @ model.items_.T
    truth = carried.dense(rows, len(new))
    seen = truth.any(axis=0)
    model.typical_[new[seen]] = calibration.typical(scores[:, new], truth)[seen]
    model.usual_[new[seen]] = calibration.typical(model.probabilities(scores)[:, new], truth)[seen]


def _train_net(
    model: AlsModel,
    photos: Sequence[TaggedPost],
    vectors: Matrix,
    scale: Vector,
    before: list[str],
    held: Ids,
    progress: Progress,
) -> None:
    """Train the net, or train it on where it knew the hashtags `before` and the photos `held`."""
    options, named = model.options, model.net_tags
    bias = layers.log_odds(tables.priors(photos, named))
    start = layers.begin(model.mean_, scale, options.hidden, unit(model.items_[model.frequent_]), bias, options.seed)
    rows, course = np.arange(len(photos)), options.course
    if before:
        start = layers.go_on(model.layers_, before, named, [post.tags for post in photos], start)
        course = course.learning_on()
        rows = layers.new_and_replay(tables.ids_of(photos), held, options.replay, course.most_seen, options.seed)
    model.layers_ = layers.train(start, vectors, tables.tag_table(photos, named), rows, course, progress)


def _calibrate(model: AlsModel, reduced: Matrix, judged: Rows, alone: Matrix, table: TagTable) -> None:
    """Learn what scores mean, from known photos as they would score if they were new."""
    share, temperature = model.options.neighbour_share, model.options.temperature
    places = model.place(reduced[judged], alone)
    lent = lend(places, model.space_, model.factors_, model.neighbours, temperature, judged)
    scores = (share * lent + (1 - share) * alone) @ model.items_.T
    truth = table.dense(judged, len(model.tags_))
    model.typical_ = calibration.typical(scores, truth)
    seen = model.pictured_ > 0  # the others stand on none of these photos, which says nothing about them
    model.calibration_ = calibration.fit(scores[:, seen], model.typical_[seen], truth[:, seen])
    model.usual_ = calibration.typical(model.probabilities(scores), truth)
