"""The kind `als`: photo and hashtag factors by implicit ALS; a new photo takes its factors from its nearest photos."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from predictor.ml import als_algebra as algebra
from predictor.ml import arrays, tables
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
from predictor.ml.neighbours import nearest, soft_weights, top

LEAST_PHOTOS, LEAST_TAGS = 5, 2
SHAPES = {
    "mean": "f width",
    "basis": "f width components",
    "bridge": "f components factors",
    "items": "f tags factors",
    "prior": "f tags",
    "ids": "i photos",
    "space": "f photos space",
    "factors": "f photos factors",
}
HALVED = frozenset({"basis", "bridge", "items", "space", "factors"})


@dataclass(frozen=True, slots=True)
class AlsOptions:
    """What can be chosen about an `als` model; the defaults were chosen on held-out rows of Corel-5K's train split."""

    variance: float = 0.9  # share that the principal components explain; at least .85
    factors: int = 128
    regularisation: float = 1.0
    alpha: float = 20.0  # confidence in a hashtag that is there, against 1 in one that is not
    iterations: int = 15
    warm_iterations: int = 2
    ridge: float = 5.0
    bridge_weight: float = 0.5  # of what a photo promises, against how it looks
    fewest_neighbours: int = 40
    most_neighbours: int = 200
    temperature: float = 0.08
    evidence: int = 5  # posts shown for one suggestion
    seed: int = 1


class AlsModel:
    """Collaborative filtering over photos and hashtags, with a picture's neighbours as the way in.

    A photo is reduced by PCA and set beside the factors that ridge regression expects of it; its nearest known photos
    in that space, weighted by exp(cosine / temperature), lend it the mean of their factors u; a hashtag's score is the
    dot product of that mean with the hashtag's factors v. Nothing else adds to the score, so a neighbour's share of it
    is exact: w_i u_i v, divided by the sum of all such parts that are positive. Neighbours that speak against the
    hashtag (a negative part) lower the score and are never shown; the shares of all others sum to 1.
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
        reduced = algebra.reduce(vectors, self.mean_, self.basis_)
        self.space_ = half(algebra.joint(reduced, self.bridge_, options.bridge_weight))
        table = tables.tag_table(photos, self.tags_)
        self.factors_ = algebra.photo_factors(table, self.items_, options.regularisation, options.alpha)
        return self

    def suggest(self, embedding: Vector, k: int, explain: int = 0) -> list[SuggestedTag]:
        """Return the k best hashtags for an embedding [width], best first; the first `explain` carry evidence."""
        query = tables.check_query(embedding, len(self.mean_))
        if not len(self.ids_):
            raise ModelError("This model has no posts to compare the photo with.")
        reduced = algebra.reduce(query[None], self.mean_, self.basis_)
        place = algebra.joint(reduced, self.bridge_, self.options.bridge_weight)[0]
        rows, cosines = nearest(place, self.space_, self.neighbours)
        lent = soft_weights(cosines, self.options.temperature)[:, None] * self.factors_[rows]  # [neighbours, factors]
        scores = self.items_ @ lent.sum(axis=0)
        return [
            SuggestedTag(
                tag=self.tags_[column],
                score=float(scores[column]),
                prior=float(self.prior_[column]),
                evidence=self._evidence(lent @ self.items_[column], rows, cosines) if rank < explain else (),
            )
            for rank, column in enumerate(top(scores, k))
        ]

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
        }

    def save(self, folder: Path) -> None:
        """Write the learned state as .npy and .json files into an existing folder."""
        learned = {name: getattr(self, f"{name}_") for name in SHAPES}
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
        if learned["space"].shape[1] != sum(learned["bridge"].shape):
            raise ModelError("The photos of this model do not fit its picture side.")
        try:
            model = cls(AlsOptions(**facts["options"]))
            model.tags_, model.backbone_ = list(facts["tags"]), str(facts["backbone"])
            model.explained_ = float(facts["explained"])
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"The file {arrays.FACTS} of this model is incomplete.") from error
        for name, array in learned.items():
            setattr(model, f"{name}_", array)
        return model

    tags_: list[str]
    prior_: Vector
    items_: Matrix

    def _learn(
        self, posts: Sequence[TaggedPost], embeddings: Embeddings, known: Mapping[str, Vector], progress: Progress
    ) -> None:
        photos, vectors = tables.photo_posts(posts, embeddings)
        tables.require(len(photos), len(tables.vocabulary(photos)), LEAST_PHOTOS, LEAST_TAGS)
        progress("reducing pictures", 0.0)
        rooted = tables.damped(vectors)
        self.mean_, self.basis_, self.explained_ = algebra.half_white_pca(rooted, self.options.variance)
        progress("factorising", 0.3)
        self._learn_hashtags(posts, known)
        progress("attaching photos", 0.8)
        self._learn_bridge(photos, vectors)
        self.attach(photos, embeddings)
        progress("done", 1.0)

    def _same_backbone(self, embeddings: Embeddings) -> None:
        if embeddings.backbone != self.backbone_:
            raise ModelError("The embeddings were made by another backbone than this model was trained on.")

    def _learn_hashtags(self, posts: Sequence[TaggedPost], known: Mapping[str, Vector]) -> None:
        options = self.options
        self.tags_ = tables.vocabulary(posts)
        self.prior_ = tables.priors(posts, self.tags_)
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

    def _learn_bridge(self, photos: Sequence[TaggedPost], vectors: Matrix) -> None:
        table = tables.tag_table(photos, self.tags_)
        factors = algebra.photo_factors(table, self.items_, self.options.regularisation, self.options.alpha)
        reduced = algebra.reduce(vectors, self.mean_, self.basis_)
        self.bridge_ = algebra.learn_bridge(reduced, factors, self.items_, self.options.ridge)

    def _evidence(self, parts: Vector, rows: Any, cosines: Vector) -> tuple[Evidence, ...]:
        total = float(parts[parts > 0].sum())
        strongest = [place for place in top(parts, self.options.evidence) if parts[place] > 0]
        return tuple(
            Evidence(
                post=int(self.ids_[rows[place]]),
                similarity=float(cosines[place]),
                share=float(parts[place]) / total,
            )
            for place in strongest
        )
