"""The kind `als`: factors of photos and hashtags by implicit ALS, and a picture's ways to its factors."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from predictor.ml import als_algebra as algebra
from predictor.ml import als_files, arrays, calibration, kernel_ridge, layers, tables
from predictor.ml.als_files import AlsOptions
from predictor.ml.arrays import half
from predictor.ml.contract import (
    Embeddings,
    Evidence,
    Ids,
    Matrix,
    ModelError,
    Progress,
    SuggestedTag,
    TaggedPost,
    Vector,
    silent,
)
from predictor.ml.kernel_ridge import KernelRidge
from predictor.ml.layers import Layers
from predictor.ml.neighbours import kin, lend, soft_weights, top, unit
from predictor.ml.shortlist import Shortlist, shortlist
from predictor.ml.tables import Rows, TagTable

LEAST_PHOTOS, LEAST_TAGS = 5, 2


class AlsModel:
    """Collaborative filtering over photos and hashtags, with pictures that look alike as the way in, and a net beside.

    A photo's factors u are half the mean that its nearest known photos lend, weighted by exp(cosine / temperature), and
    half what kernel ridge regression expects from its picture. A hashtag's score is the dot product of u with the
    hashtag's factors v; one logistic regression turns scores into probabilities, mindful of how each hashtag usually
    scores. Neighbours are the photos that look alike and of which the regression expects the same.

    For frequent hashtags a net (two linear layers that end in the space of the factors, then fine-tuned with them)
    gives a second probability; the model's is the weighted mean of the two.

    A neighbour's share of a probability is exact: its part w_i u_i v, divided by the sum of all positive parts of the
    score, of which the regression's is one, times the share of the probability that is not the net's. Neighbours that
    speak against the hashtag (a negative part) are never shown.
    """

    kind = "als"

    def __init__(self, options: AlsOptions | None = None) -> None:
        self.options = options or AlsOptions()

    def fit(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn from scratch; tag-only posts teach the hashtags' factors. Raises ModelError where posts are too few."""
        self.backbone_ = embeddings.backbone
        self._learn(posts, embeddings, False, progress)
        return self

    def update(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn on from the whole present snapshot: known hashtags go on from their factors, and the net from where it
        is, on new photos and a replay of known ones.
        """
        self._same_backbone(embeddings)
        self._learn(posts, embeddings, True, progress)
        return self

    def attach(self, posts: Sequence[TaggedPost], embeddings: Embeddings) -> Self:
        """Make these posts the model's photos: picture vectors and factors, all computed alike, in numpy alone.

        Posts without an embedding or without a known hashtag are left out.
        """
        self._same_backbone(embeddings)
        known = set(self.tags_)
        usable = [post for post in posts if not known.isdisjoint(post.tags)]
        photos, vectors = tables.photo_posts(usable, embeddings)
        options, table = self.options, tables.tag_table(photos, self.tags_)
        factors = algebra.photo_factors(table, self.items_, options.regularisation, options.alpha)
        self._hold(photos, algebra.reduce(vectors, self.mean_, self.basis_), factors)
        return self

    def suggest(self, embedding: Vector, k: int, explain: int = 0) -> list[SuggestedTag]:
        """Return the k best hashtags for an embedding [width], best first; the first `explain` carry evidence."""
        query = tables.check_query(embedding, len(self.mean_))
        if not len(self.ids_):
            raise ModelError("This model has no posts to compare the photo with.")
        reduced = algebra.reduce(query[None], self.mean_, self.basis_)
        expected = self.kernel_.predict(reduced)
        rows, cosines = self._known.nearest(self._space(reduced, expected)[0], self.neighbours)
        share = self.options.neighbour_share
        lent = share * soft_weights(cosines, self.options.temperature)[:, None] * self.factors_[rows]
        parts = np.vstack([lent, (1 - share) * expected])  # [neighbours + 1, factors]; the last is the regression's
        scored = self._probabilities((self.items_ @ parts.sum(axis=0))[None])[0] * self._scored_share
        found = scored + self._by_net(query[None])[0]
        return [
            SuggestedTag(
                tag=self.tags_[column],
                score=float(found[column]),
                prior=float(self.prior_[column]),
                usual=float(self.usual_[column]),
                evidence=(
                    self._evidence(parts @ self.items_[column], scored[column] / found[column], rows, cosines)
                    if rank < explain
                    else ()
                ),
            )
            for rank, column in enumerate(top(found, k))
        ]

    def kin(self, k: int) -> dict[str, list[tuple[str, float]]]:
        """The k hashtags nearest to each by cosine of their factors, nearest first."""
        return kin(self.tags_, self.items_, k)

    @property
    def neighbours(self) -> int:
        """How many neighbours a photo is compared with: more in a larger corpus."""
        return min(self.options.most_neighbours, max(self.options.fewest_neighbours, len(self.ids_) // 200))

    def summary(self) -> dict[str, float]:
        """What is worth knowing about the fitted model, by name."""
        return {
            "photos": len(self.ids_),
            "hashtags": len(self.tags_),
            "components": self.basis_.shape[1],
            "variance explained": round(self.explained_, 4),
            "factors": self.items_.shape[1],
            "neighbours": self.neighbours,
            "centres": len(self.kernel_.centres),
            "hidden units": len(self.layers_.first_bias),
        }

    def save(self, folder: Path) -> None:
        """Write the learned state as .npy and .json files into an existing folder."""
        own = {name: getattr(self, f"{name}_") for name in als_files.OWN}
        facts = {
            "tags": self.tags_,
            "options": asdict(self.options),
            "backbone": self.backbone_,
            "explained": self.explained_,
        }
        arrays.save(folder, {**own, **self.kernel_.arrays(), **self.layers_.arrays()}, facts, als_files.HALVED)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote. Raises ModelError where the files do not fit together."""
        learned, facts = arrays.load(folder, als_files.SHAPES)
        if learned["space"].shape[1] != learned["centres"].shape[1] + learned["items"].shape[1]:
            raise ModelError("The photos of this model do not fit its picture side.")
        calibration.check(learned["calibration"])
        tables.check_columns(learned["frequent"], len(learned["items"]))
        try:
            model = cls(als_files.options(facts))
            model.tags_, model.backbone_ = list(facts["tags"]), str(facts["backbone"])
            model.explained_ = float(facts["explained"])
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"The file {arrays.FACTS} of this model is incomplete.") from error
        model.kernel_, model.layers_ = KernelRidge.named(learned), Layers.named(learned)
        for name in als_files.OWN:
            setattr(model, f"{name}_", learned[name])
        return model

    tags_: list[str]
    prior_: Vector
    items_: Matrix
    kernel_: KernelRidge
    layers_: Layers
    frequent_: Ids  # columns of the hashtags that the net knows, ascending

    def _learn(self, posts: Sequence[TaggedPost], embeddings: Embeddings, going_on: bool, progress: Progress) -> None:
        options = self.options
        photos, vectors = tables.photo_posts(posts, embeddings)
        tables.require(len(photos), len(tables.vocabulary(photos)), LEAST_PHOTOS, LEAST_TAGS)
        progress("reducing pictures", 0.0)
        self.mean_, covariance = algebra.moments(vectors)
        self.basis_, self.explained_ = algebra.half_white_pca(covariance, options.variance)
        progress("factorising", 0.1)
        before = self._net_tags if going_on else []
        self._learn_hashtags(posts, photos, going_on)
        table = tables.tag_table(photos, self.tags_)
        self._train_net(photos, vectors, algebra.spread(covariance), before, progress)
        progress("learning what pictures promise", 0.5)
        factors = algebra.photo_factors(table, self.items_, options.regularisation, options.alpha)
        reduced = algebra.reduce(vectors, self.mean_, self.basis_)
        judged = options.kernel.rows_to_judge(len(photos))
        self.kernel_, alone = kernel_ridge.fit(reduced, lambda rows: factors[rows], judged, options.kernel)
        progress("attaching photos", 0.8)
        self._hold(photos, reduced, factors)
        progress("calibrating", 0.9)
        self._calibrate(reduced, judged, alone, table)
        progress("done", 1.0)

    def _same_backbone(self, embeddings: Embeddings) -> None:
        if embeddings.backbone != self.backbone_:
            raise ModelError("The embeddings were made by another backbone than this model was trained on.")

    def _learn_hashtags(self, posts: Sequence[TaggedPost], photos: Sequence[TaggedPost], going_on: bool) -> None:
        options = self.options
        known = dict(zip(self.tags_, self.items_, strict=True)) if going_on else {}
        self.tags_ = tables.vocabulary(posts)
        self.prior_ = tables.priors(posts, self.tags_)
        seen = tables.priors(photos, self.tags_)
        self.pictured_ = (seen > 0).astype(np.float32)
        self.frequent_ = tables.most_frequent(seen, options.net_tags)
        for derived in ("_lengths", "_scored_share"):
            self.__dict__.pop(derived, None)
        random = np.random.default_rng(options.seed).normal(0, 0.01, (len(self.tags_), options.factors))
        start = np.array([known.get(tag, fresh) for tag, fresh in zip(self.tags_, random, strict=True)], np.float32)
        self.items_ = algebra.factorise(
            tables.tag_table(posts, self.tags_),
            start,
            iterations=options.warm_iterations if known else options.iterations,
            regularisation=options.regularisation,
            alpha=options.alpha,
            seed=options.seed,
        )

    def _train_net(
        self, photos: Sequence[TaggedPost], vectors: Matrix, scale: Vector, before: list[str], progress: Progress
    ) -> None:
        """Train the net, or train it on where it knew the hashtags `before`."""
        options, named = self.options, self._net_tags
        bias = layers.log_odds(tables.priors(photos, named))
        start = layers.begin(self.mean_, scale, options.hidden, unit(self.items_[self.frequent_]), bias, options.seed)
        rows, course = np.arange(len(photos)), options.course
        if before:
            start = layers.go_on(self.layers_, before, named, [post.tags for post in photos], start)
            rows = layers.new_and_replay(tables.ids_of(photos), self.ids_, options.replay, options.seed)
            course = layers.UPDATE
        self.layers_ = layers.train(start, vectors, tables.tag_table(photos, named), rows, course, progress)

    def _hold(self, photos: Sequence[TaggedPost], reduced: Matrix, factors: Matrix) -> None:
        self.ids_: Ids = tables.ids_of(photos)
        self.factors_ = factors
        self.space_ = half(self._space(reduced, self.kernel_.predict(reduced)))
        self.__dict__.pop("_known", None)

    def _calibrate(self, reduced: Matrix, judged: Rows, alone: Matrix, table: TagTable) -> None:
        """Learn what scores mean, from known photos as they would score if they were new."""
        share, temperature = self.options.neighbour_share, self.options.temperature
        places = self._space(reduced[judged], alone)
        lent = lend(places, self.space_, self.factors_, self.neighbours, temperature, judged)
        scores = (share * lent + (1 - share) * alone) @ self.items_.T
        truth = table.dense(judged, len(self.tags_))
        self.typical_ = calibration.typical(scores, truth)
        seen = self.pictured_ > 0  # the others stand on none of these photos, which says nothing about them
        self.calibration_ = calibration.fit(scores[:, seen], self.typical_[seen], truth[:, seen])
        self.usual_ = calibration.typical(self._probabilities(scores), truth)

    def _probabilities(self, scores: Matrix) -> Matrix:
        """Scores to probabilities, [n, tags]; hashtags that no photo carries are known by their company alone."""
        known = np.where(self.pictured_ > 0, 1, self.options.tag_only_discount)
        found = calibration.of_scores(scores, self.typical_, self.calibration_)
        return np.asarray(found * known, np.float32)

    def _by_net(self, vectors: Matrix) -> Matrix:
        """What the net adds to each hashtag's probability, from embeddings, [n, tags]."""
        added = np.zeros((len(vectors), len(self.tags_)), np.float32)
        added[:, self.frequent_] = self.options.net_share * self.layers_.probabilities(self.layers_.place(vectors))
        return added

    @cached_property
    def _scored_share(self) -> Vector:
        """The share of each hashtag's probability that comes from its score, [tags]."""
        shares = np.ones(len(self.tags_), np.float32)
        shares[self.frequent_] -= self.options.net_share
        return shares

    @property
    def _net_tags(self) -> list[str]:
        return [self.tags_[column] for column in self.frequent_]

    def _space(self, reduced: Matrix, expected: Matrix) -> Matrix:
        """Where neighbours are searched, by unit pictures [n, d] and the factors expected of them [n, f]."""
        promised = np.asarray((expected - self.kernel_.offset) @ self._lengths, np.float32)
        return algebra.joint(reduced, promised, self.options.promise_weight)

    @cached_property
    def _known(self) -> Shortlist:
        return shortlist(self.space_)

    @cached_property
    def _lengths(self) -> Matrix:
        return algebra.lengths_of_scores(self.items_)

    def _evidence(self, parts: Vector, scored: float, rows: Any, cosines: Vector) -> tuple[Evidence, ...]:
        """The neighbours that speak most for a hashtag, `scored` being the share that scores have in it."""
        total = float(parts[parts > 0].sum())
        strongest = [place for place in top(parts[:-1], self.options.evidence) if parts[place] > 0]
        return tuple(
            Evidence(
                post=int(self.ids_[rows[place]]),
                similarity=float(cosines[place]),
                share=float(scored * parts[place]) / total,
            )
            for place in strongest
        )
