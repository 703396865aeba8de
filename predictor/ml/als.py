"""The kind `als`: factors of photos and hashtags by implicit ALS, and a picture's ways to its factors."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from predictor.ml import als_algebra as algebra
from predictor.ml import als_files, als_learning, arrays, calibration, tables
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
from predictor.ml.neighbours import kin, lend, soft_weights, top
from predictor.ml.rankings import rows_of
from predictor.ml.shortlist import Shortlist, shortlist

PICTURES_ENOUGH = 1000  # to say on what hashtags are alike
NO_POSTS = "This model has no posts to compare the photo with."


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
    speak against the hashtag (a negative part) are never shown. What is usual for a hashtag is said by the factors
    alone, since the net has seen all photos.
    """

    kind = "als"

    def __init__(self, options: AlsOptions | None = None) -> None:
        self.options = options or AlsOptions()
        self.taken_in: dict[int, tuple[str, ...]] = {}

    def fit(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn from scratch; tag-only posts teach the hashtags' factors. Raises ModelError where posts are too few."""
        self.backbone_ = embeddings.backbone
        als_learning.learn(self, posts, embeddings, False, progress)
        return self

    def update(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn on from the whole present snapshot: known hashtags go on from their factors, and the net from where it
        is, on new photos and a replay of known ones.

        In a small corpus what is solved is solved anew. In a large one it stays until the next full training: factors
        of known hashtags, and what pictures promise; new hashtags are solved for, and new photos join the others.
        """
        tables.check_backbone(embeddings, self.backbone_)
        if len(embeddings.ids) > self.options.kernel.exact_up_to:
            als_learning.grow(self, posts, embeddings, progress)
        else:
            als_learning.learn(self, posts, embeddings, True, progress)
        return self

    def attach(self, posts: Sequence[TaggedPost], embeddings: Embeddings) -> Self:
        """Make these posts the model's photos: picture vectors and factors, all computed alike, in numpy alone.

        Posts without an embedding or without a known hashtag are left out.
        """
        self.ids_, self.factors_, self.space_ = self._computed(posts, embeddings)
        self.forget_derived()
        return self

    def extend(self, posts: Sequence[TaggedPost], embeddings: Embeddings) -> Self:
        """Take posts in beside those that the model holds, computed exactly as those were; nothing is learned.

        A post that the model holds already is replaced; one without an embedding or a known hashtag goes.
        """
        ids, factors, space = self._computed(posts, embeddings)
        kept = ~np.isin(self.ids_, tables.ids_of(posts))
        self.ids_ = np.concatenate([self.ids_[kept], ids])
        self.factors_ = np.concatenate([self.factors_[kept], factors])
        self.space_ = np.concatenate([self.space_[kept], space])
        self.forget_derived()
        return self

    def suggest(self, embedding: Vector, k: int, explain: int = 0) -> list[SuggestedTag]:
        """Return the k best hashtags for an embedding [width], best first; the first `explain` carry evidence."""
        query = tables.check_query(embedding, len(self.mean_))
        if not len(self.ids_):
            raise ModelError(NO_POSTS)
        reduced = algebra.reduce(query[None], self.mean_, self.basis_)
        expected = self.kernel_.predict(reduced)
        rows, cosines = self._known.nearest(self.place(reduced, expected)[0], self.neighbours)
        share = self.options.neighbour_share
        lent = share * soft_weights(cosines, self.options.temperature)[:, None] * self.factors_[rows]
        parts = np.vstack([lent, (1 - share) * expected])  # [neighbours + 1, factors]; the last is the regression's
        scored = self.probabilities((self.items_ @ parts.sum(axis=0))[None])[0] * self._scored_share
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

    def rank(self, embeddings: Matrix, k: int) -> list[list[SuggestedTag]]:
        """Return the k best hashtags for each of many embeddings [n, width], best first, without evidence."""
        return rows_of(self.scores(embeddings), self.tags_, self.prior_, self.usual_, k)

    def scores(self, embeddings: Matrix) -> Matrix:
        """Return the probability of each known hashtag for each of many embeddings [n, width], [n, tags]."""
        queries = tables.check_queries(embeddings, len(self.mean_))
        if not len(self.ids_):
            raise ModelError(NO_POSTS)
        reduced = algebra.reduce(queries, self.mean_, self.basis_)
        expected = self.kernel_.predict(reduced)
        places, share = self.place(reduced, expected), self.options.neighbour_share
        lent = lend(places, self.space_, self.factors_, self.neighbours, self.options.temperature)
        scored = self.probabilities((share * lent + (1 - share) * expected) @ self.items_.T) * self._scored_share
        return np.asarray(scored + self._by_net(queries), np.float32)

    def geometry(self) -> Matrix:
        """Rows [tags, f] whose cosines say how alike the scores of hashtags are on pictures.

        The factors' own cosines would tell little: frequent hashtags have nearly a direction each.
        """
        centres = self.kernel_.centres[:: -(-len(self.kernel_.centres) // PICTURES_ENOUGH)]
        return np.asarray(self.items_ @ algebra.lengths_of_scores(self.kernel_.predict(centres) - self.kernel_.offset))

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
    mean_: Vector
    basis_: Matrix
    explained_: float
    items_: Matrix
    kernel_: KernelRidge
    layers_: Layers
    frequent_: Ids  # columns of the hashtags that the net knows, ascending
    pictured_: Vector  # 1 for hashtags that a photo carries, else 0
    typical_: Vector
    usual_: Vector
    calibration_: Vector
    ids_: Ids
    factors_: Matrix
    space_: Matrix
    lengths_: Matrix  # of the hashtags as they were when pictures were learned; empty while that is how they are

    def forget_derived(self) -> None:
        """Forget what was computed from learned numbers that have changed."""
        for name in ("lengths", "_scored_share", "_known"):
            self.__dict__.pop(name, None)

    def _computed(self, posts: Sequence[TaggedPost], embeddings: Embeddings) -> tuple[Ids, Matrix, Matrix]:
        """Ids of the usable posts, their factors [photos, f] and their places [photos, d + f]."""
        tables.check_backbone(embeddings, self.backbone_)
        known = set(self.tags_)
        usable = [post for post in posts if not known.isdisjoint(post.tags)]
        photos, vectors = tables.photo_posts(usable, embeddings)
        options, table = self.options, tables.tag_table(photos, self.tags_)
        factors = algebra.photo_factors(table, self.items_, options.regularisation, options.alpha)
        return tables.ids_of(photos), factors, self.places(algebra.reduce(vectors, self.mean_, self.basis_))

    def places(self, reduced: Matrix) -> Matrix:
        """Where neighbours are searched for these unit pictures [n, d], as the model holds it, [n, d + f]."""
        return half(self.place(reduced, self.kernel_.predict(reduced)))

    def probabilities(self, scores: Matrix) -> Matrix:
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
    def net_tags(self) -> list[str]:
        """The hashtags that the net knows, in its order."""
        return [self.tags_[column] for column in self.frequent_]

    def place(self, reduced: Matrix, expected: Matrix) -> Matrix:
        """Where neighbours are searched, by unit pictures [n, d] and the factors expected of them [n, f]."""
        promised = np.asarray((expected - self.kernel_.offset) @ self.lengths, np.float32)
        return algebra.joint(reduced, promised, self.options.promise_weight)

    @cached_property
    def _known(self) -> Shortlist:
        return shortlist(self.space_)

    @cached_property
    def lengths(self) -> Matrix:
        """What gives expected factors the dot products of the scores that they promise, [f, f]."""
        return self.lengths_ if self.lengths_.size else algebra.lengths_of_scores(self.items_)

    def _evidence(self, parts: Vector, scored: float, rows: Any, cosines: Vector) -> tuple[Evidence, ...]:
        """The neighbours that speak most for a hashtag, `scored` being the share that scores have in it."""
        total = float(parts[parts > 0].sum())
        strongest = [place for place in top(parts[:-1], self.options.evidence) if parts[place] > 0]
        return tuple(
            Evidence(
                post=int(self.ids_[rows[place]]),
                similarity=min(float(cosines[place]), 1.0),  # stored rows are rounded
                share=float(scored * parts[place]) / total,
            )
            for place in strongest
        )
