"""The kind `als`: photo and hashtag factors by implicit ALS; a new photo's factors come from photos that look alike."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from predictor.ml import als_algebra as algebra
from predictor.ml import arrays, calibration, kernel_ridge, tables
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
from predictor.ml.kernel_ridge import KernelOptions, KernelRidge
from predictor.ml.neighbours import kin, lend, nearest, soft_weights, top
from predictor.ml.tables import Rows, TagTable

LEAST_PHOTOS, LEAST_TAGS = 5, 2
SHAPES = {
    "mean": "f width",
    "basis": "f width components",
    "centres": "f centres components",
    "weights": "f centres factors",
    "offset": "f factors",
    "items": "f tags factors",
    "prior": "f tags",
    "pictured": "f tags",
    "typical": "f tags",
    "usual": "f tags",
    "calibration": "f terms",
    "ids": "i photos",
    "space": "f photos space",
    "factors": "f photos factors",
}
KERNEL = ("centres", "weights", "offset")
HALVED = frozenset({"basis", "centres", "weights", "items", "space", "factors"})
DEFAULT_CALIBRATION = (2.3, -0.25, 1.9)  # of log score, log typical score, 1: what Corel-5K's train split gives


@dataclass(frozen=True, slots=True)
class AlsOptions:
    """What can be chosen about an `als` model; the defaults were chosen on held-out rows of train splits."""

    variance: float = 0.95  # share that the principal components explain; at least .85
    factors: int = 200
    regularisation: float = 1.0
    alpha: float = 20.0  # confidence in a hashtag that is there, against 1 in one that is not
    iterations: int = 15
    warm_iterations: int = 2
    kernel: KernelOptions = field(default_factory=KernelOptions)
    promise_weight: float = 1.0  # of what a photo promises, against how it looks
    fewest_neighbours: int = 40
    most_neighbours: int = 200
    temperature: float = 0.08
    neighbour_share: float = 0.5  # of the neighbours in a photo's factors; the rest is the regression's
    tag_only_discount: float = 0.25
    evidence: int = 5  # posts shown for one suggestion
    seed: int = 1


class AlsModel:
    """Collaborative filtering over photos and hashtags, with pictures that look alike as the way in.

    A photo's factors u are half the mean that its nearest known photos lend, weighted by exp(cosine / temperature), and
    half what kernel ridge regression expects from its picture. A hashtag's score is the dot product of u with the
    hashtag's factors v; one logistic regression turns scores into probabilities, mindful of how each hashtag usually
    scores. Neighbours are the photos that look alike and of which the regression expects the same.

    A neighbour's share of a score is exact: its part w_i u_i v, divided by the sum of all positive parts, of which the
    regression's is one. Neighbours that speak against the hashtag (a negative part) are never shown.
    """

    kind = "als"

    def __init__(self, options: AlsOptions | None = None) -> None:
        self.options = options or AlsOptions()

    def fit(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn from scratch; tag-only posts teach the hashtags' factors. Raises ModelError where posts are too few."""
        self.backbone_ = embeddings.backbone
        self._learn(posts, embeddings, {}, progress)
        return self

    def update(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn on from the whole present snapshot: known hashtags go on from their factors."""
        self._same_backbone(embeddings)
        self._learn(posts, embeddings, dict(zip(self.tags_, self.items_, strict=True)), progress)
        return self

    def attach(self, posts: Sequence[TaggedPost], embeddings: Embeddings) -> Self:
        """Make these posts the model's photos: picture vectors and factors, all computed alike, in numpy alone.

        Posts without an embedding or without a known hashtag are left out.
        """
        self._same_backbone(embeddings)
        known = set(self.tags_)
        usable = [post for post in posts if not known.isdisjoint(post.tags)]
        photos, vectors = tables.photo_posts(usable, embeddings)
        options = self.options
        self.ids_: Ids = tables.ids_of(photos)
        table = tables.tag_table(photos, self.tags_)
        self.factors_ = algebra.photo_factors(table, self.items_, options.regularisation, options.alpha)
        reduced = algebra.reduce(vectors, self.mean_, self.basis_)
        self.space_ = half(self._space(reduced, self.kernel_.predict(reduced)))
        return self

    def suggest(self, embedding: Vector, k: int, explain: int = 0) -> list[SuggestedTag]:
        """Return the k best hashtags for an embedding [width], best first; the first `explain` carry evidence."""
        query = tables.check_query(embedding, len(self.mean_))
        if not len(self.ids_):
            raise ModelError("This model has no posts to compare the photo with.")
        reduced = algebra.reduce(query[None], self.mean_, self.basis_)
        expected = self.kernel_.predict(reduced)
        rows, cosines = nearest(self._space(reduced, expected)[0], self.space_, self.neighbours)
        share = self.options.neighbour_share
        lent = share * soft_weights(cosines, self.options.temperature)[:, None] * self.factors_[rows]
        parts = np.vstack([lent, (1 - share) * expected])  # [neighbours + 1, factors]; the last is the regression's
        found = self._probabilities((self.items_ @ parts.sum(axis=0))[None])[0]
        return [
            SuggestedTag(
                tag=self.tags_[column],
                score=float(found[column]),
                prior=float(self.prior_[column]),
                usual=float(self.usual_[column]),
                evidence=self._evidence(parts @ self.items_[column], rows, cosines) if rank < explain else (),
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
        }

    def save(self, folder: Path) -> None:
        """Write the learned state as .npy and .json files into an existing folder."""
        kernel = self.kernel_
        learned = {name: getattr(self, f"{name}_") for name in SHAPES if name not in KERNEL}
        learned |= {name: getattr(kernel, name) for name in KERNEL}
        facts = {
            "tags": self.tags_,
            "options": asdict(self.options),
            "backbone": self.backbone_,
            "explained": self.explained_,
        }
        arrays.save(folder, learned, facts, HALVED)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote. Raises ModelError where the files do not fit together."""
        learned, facts = arrays.load(folder, SHAPES)
        if learned["space"].shape[1] != learned["centres"].shape[1] + learned["items"].shape[1]:
            raise ModelError("The photos of this model do not fit its picture side.")
        if len(learned["calibration"]) != len(DEFAULT_CALIBRATION):
            raise ModelError("The calibration of this model is not one.")
        try:
            options = {**facts["options"], "kernel": KernelOptions(**facts["options"]["kernel"])}
            model = cls(AlsOptions(**options))
            model.tags_, model.backbone_ = list(facts["tags"]), str(facts["backbone"])
            model.explained_ = float(facts["explained"])
            model.kernel_ = KernelRidge(*(learned.pop(name) for name in KERNEL))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"The file {arrays.FACTS} of this model is incomplete.") from error
        for name, array in learned.items():
            setattr(model, f"{name}_", array)
        return model

    tags_: list[str]
    prior_: Vector
    items_: Matrix
    kernel_: KernelRidge

    def _learn(
        self, posts: Sequence[TaggedPost], embeddings: Embeddings, known: Mapping[str, Vector], progress: Progress
    ) -> None:
        photos, vectors = tables.photo_posts(posts, embeddings)
        tables.require(len(photos), len(tables.vocabulary(photos)), LEAST_PHOTOS, LEAST_TAGS)
        progress("reducing pictures", 0.0)
        rooted = tables.damped(vectors)
        self.mean_, self.basis_, self.explained_ = algebra.half_white_pca(rooted, self.options.variance)
        progress("factorising", 0.3)
        self._learn_hashtags(posts, photos, known)
        progress("learning what pictures promise", 0.5)
        table = tables.tag_table(photos, self.tags_)
        factors = algebra.photo_factors(table, self.items_, self.options.regularisation, self.options.alpha)
        reduced = algebra.reduce(vectors, self.mean_, self.basis_)
        judged = self.options.kernel.rows_to_judge(len(photos))
        self.kernel_, alone = kernel_ridge.fit(reduced, factors, judged, self.options.kernel)
        progress("attaching photos", 0.8)
        self.attach(photos, embeddings)
        progress("calibrating", 0.9)
        self._calibrate(reduced, judged, alone, table)
        progress("done", 1.0)

    def _same_backbone(self, embeddings: Embeddings) -> None:
        if embeddings.backbone != self.backbone_:
            raise ModelError("The embeddings were made by another backbone than this model was trained on.")

    def _learn_hashtags(
        self, posts: Sequence[TaggedPost], photos: Sequence[TaggedPost], known: Mapping[str, Vector]
    ) -> None:
        options = self.options
        self.tags_ = tables.vocabulary(posts)
        self.prior_ = tables.priors(posts, self.tags_)
        self.pictured_ = (tables.priors(photos, self.tags_) > 0).astype(np.float32)
        self.__dict__.pop("_lengths", None)
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

    def _calibrate(self, reduced: Matrix, judged: Rows, alone: Matrix, table: TagTable) -> None:
        """Learn what scores mean, from known photos as they would score if they were new."""
        share, temperature = self.options.neighbour_share, self.options.temperature
        places = self._space(reduced[judged], alone)
        lent = lend(places, self.space_, self.factors_, self.neighbours, temperature, judged)
        scores = (share * lent + (1 - share) * alone) @ self.items_.T
        truth = table.dense(judged, len(self.tags_))
        self.typical_ = calibration.typical(scores, truth)
        seen = self.pictured_ > 0  # the others stand on none of these photos, which says nothing about them
        features = [calibration.log_score(scores[:, seen]), calibration.log_typical(self.typical_[seen])]
        self.calibration_ = calibration.fit(features, truth[:, seen], DEFAULT_CALIBRATION)
        self.usual_ = calibration.typical(self._probabilities(scores), truth)

    def _probabilities(self, scores: Matrix) -> Matrix:
        """Scores to probabilities, [n, tags]; hashtags that no photo carries are known by their company alone."""
        features = [calibration.log_score(scores), calibration.log_typical(self.typical_)]
        known = np.where(self.pictured_ > 0, 1, self.options.tag_only_discount)
        return np.asarray(calibration.probabilities(features, self.calibration_) * known, np.float32)

    def _space(self, reduced: Matrix, expected: Matrix) -> Matrix:
        """Where neighbours are searched, by unit pictures [n, d] and the factors expected of them [n, f]."""
        promised = np.asarray((expected - self.kernel_.offset) @ self._lengths, np.float32)
        return algebra.joint(reduced, promised, self.options.promise_weight)

    @cached_property
    def _lengths(self) -> Matrix:
        return algebra.lengths_of_scores(self.items_)

    def _evidence(self, parts: Vector, rows: Any, cosines: Vector) -> tuple[Evidence, ...]:
        total = float(parts[parts > 0].sum())
        strongest = [place for place in top(parts[:-1], self.options.evidence) if parts[place] > 0]
        return tuple(
            Evidence(
                post=int(self.ids_[rows[place]]),
                similarity=float(cosines[place]),
                share=float(parts[place]) / total,
            )
            for place in strongest
        )
