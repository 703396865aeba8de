"""The kind `w2v`: Word2Vec vectors of hashtags, and the two linear layers that lead from a picture into their space."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np

from predictor.ml import als_algebra as algebra
from predictor.ml import arrays, calibration, layers, look_alikes, tables, w2v_files, word2vec
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
from predictor.ml.look_alikes import LookAlikes
from predictor.ml.neighbours import CHUNK, kin, top, unit
from predictor.ml.rankings import rows_of
from predictor.ml.tables import TagTable
from predictor.ml.w2v_files import W2vOptions
from predictor.ml.word2vec import HashtagVectors

SLOWER = 4  # than from scratch layers learn on in a large corpus, where no regression makes up for what they lose
FOLLOWS = 4  # the power of a cosine that lets few hashtags decide where one without pictures lies


class W2vModel:
    """Skip-gram vectors of hashtags, and a picture's way into their space.

    The vectors of hashtags that have pictures start from Word2Vec (centred, length 1) and are fine-tuned with the
    layers. Beside them kernel ridge regression says from pictures that look alike how probable each frequent hashtag
    is, which the layers alone miss for rarer ones; the weighted mean of both counts. A hashtag without pictures has
    a Word2Vec vector alone: its score is a quarter of the best (score x cosine) among the hashtags with pictures, so it
    always ranks below what it follows from. Evidence: the nearest photos in the predicted space that carry the hashtag
    (no shares: the score does not come from them), and for a hashtag without pictures the one that it follows from,
    with all of the score. What is usual for a hashtag is said by the regression alone, since the layers have seen all
    photos; a hashtag that is too rare for it counts as usual as the least usual one.
    """

    kind = "w2v"

    def __init__(self, options: W2vOptions | None = None) -> None:
        self.options = options or W2vOptions()

    def fit(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn from scratch; tag-only posts teach the hashtag vectors. Raises ModelError where posts are too few."""
        self.backbone_ = embeddings.backbone
        self._learn(posts, embeddings, False, progress)
        return self

    def update(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn on from the whole present snapshot: vectors of known hashtags are copied and go on from there, the
        layers are fine-tuned on the new posts and a replay of known ones. What look-alikes carry is learned anew in a
        small corpus; in a large one it stays until the next full training.
        """
        tables.check_backbone(embeddings, self.backbone_)
        self._learn(posts, embeddings, True, progress)
        return self

    def attach(self, posts: Sequence[TaggedPost], embeddings: Embeddings) -> Self:
        """Make these posts the model's photos, by their places in the predicted space, in numpy alone.

        Posts without an embedding or without a known hashtag are left out.
        """
        tables.check_backbone(embeddings, self.backbone_)
        known = set(self._pictured)
        usable = [post for post in posts if not known.isdisjoint(post.tags)]
        photos, vectors = tables.photo_posts(usable, embeddings)
        self.ids_: Ids = tables.ids_of(photos)
        self.table_ = tables.tag_table(photos, self._pictured)
        self.places_ = half(unit(self.layers_.place(vectors)))
        self.__dict__.pop("_carriers", None)
        return self

    def suggest(self, embedding: Vector, k: int, explain: int = 0) -> list[SuggestedTag]:
        """Return the k best hashtags for an embedding [width], best first; the first `explain` carry evidence."""
        query = tables.check_query(embedding, len(self.mean_))
        place = self.layers_.place(query[None])
        pictured = self._probabilities(place, query[None])[0]
        leads = pictured * self._kinship  # [tag-only, pictured]
        scores = np.concatenate([pictured, self.options.tag_only_discount * leads.max(axis=1, initial=0)])
        usual = self._usual
        suggestions = []
        for rank, column in enumerate(top(scores, k)):
            evidence: tuple[Evidence, ...] = ()
            if rank < explain:
                only = column - len(pictured)
                evidence = (
                    self._photos_with(column, unit(place)[0])
                    if only < 0
                    else self._lead(only, int(leads[only].argmax()))
                )
            suggestions.append(
                SuggestedTag(
                    tag=self.tags_[column],
                    score=float(scores[column]),
                    prior=float(self.prior_[column]),
                    usual=float(usual[column]),
                    evidence=evidence,
                )
            )
        return suggestions

    def rank(self, embeddings: Matrix, k: int) -> list[list[SuggestedTag]]:
        """Return the k best hashtags for each of many embeddings [n, width], best first, without evidence."""
        return rows_of(self.scores(embeddings), self.tags_, self.prior_, self._usual, k)

    def scores(self, embeddings: Matrix) -> Matrix:
        """Return the probability of each known hashtag for each of many embeddings [n, width], [n, tags]."""
        queries = tables.check_queries(embeddings, len(self.mean_))
        pictured = self._probabilities(self.layers_.place(queries), queries)
        scores = np.zeros((len(queries), len(self.tags_)), np.float32)
        for row, found in zip(scores, pictured, strict=True):
            row[: len(found)] = found
            row[len(found) :] = self.options.tag_only_discount * (found * self._kinship).max(axis=1, initial=0)
        return scores

    def geometry(self) -> Matrix:
        """Rows [tags, size] of the space that pictures are led into; a hashtag without pictures lies among those that
        it follows from.
        """
        pictured = self.layers_.hashtags - self.layers_.hashtags.mean(axis=0)
        kinship = (self._kinship[start : start + CHUNK] for start in range(0, len(self._kinship), CHUNK))
        return np.concatenate([pictured, *(part**FOLLOWS @ pictured for part in kinship)])

    def summary(self) -> dict[str, float]:
        """What is worth knowing about the fitted model, by name."""
        return {
            "photos": len(self.ids_),
            "hashtags": len(self.tags_),
            "hashtags without pictures": len(self.tags_) - len(self._pictured),
            "vector size": self.layers_.hashtags.shape[1],
            "hidden units": len(self.layers_.first_bias),
        }

    def kin(self, k: int) -> dict[str, list[tuple[str, float]]]:
        """The k hashtags nearest to each by cosine of their Word2Vec vectors, nearest first."""
        return kin(self.tags_, self._geometry(), k)

    def save(self, folder: Path) -> None:
        """Write the learned state as .npy and .json files into an existing folder."""
        learned = {
            **{name: getattr(self, f"{name}_") for name in w2v_files.OWN},
            **self.look_alikes_.kernel.arrays(),
            "frequent": self.look_alikes_.frequent,
            "typical": self.look_alikes_.typical,
            "calibration": self.look_alikes_.calibration,
            **self.layers_.arrays(),
            "inputs": self.vectors_.inputs,
            "outputs": self.vectors_.outputs,
            "starts": self.table_.starts,
            "columns": self.table_.columns,
        }
        facts = {"tags": self.tags_, "options": asdict(self.options), "backbone": self.backbone_}
        arrays.save(folder, learned, facts, w2v_files.HALVED)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote. Raises ModelError where the files do not fit together."""
        learned, facts = arrays.load(folder, w2v_files.SHAPES)
        calibration.check(learned["calibration"])
        tables.check_columns(learned["frequent"], len(learned["layers_bias"]))
        try:
            model = cls(w2v_files.options(facts))
            model.tags_, model.backbone_ = list(facts["tags"]), str(facts["backbone"])
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"The file {arrays.FACTS} of this model is incomplete.") from error
        for name in w2v_files.OWN:
            setattr(model, f"{name}_", learned[name])
        model.layers_ = Layers.named(learned)
        model.vectors_ = HashtagVectors(model.tags_, learned["inputs"], learned["outputs"])
        model.table_ = TagTable(learned["starts"], learned["columns"])
        model.look_alikes_ = LookAlikes(
            KernelRidge.named(learned), learned["frequent"], learned["typical"], learned["calibration"]
        )
        if len(model._pictured) > len(model.tags_) or not model.table_.fits(len(model.ids_), len(model._pictured)):
            raise ModelError("The posts of this model do not fit its hashtags.")
        return model

    tags_: list[str]  # those with pictures first
    prior_: Vector
    mean_: Vector
    basis_: Matrix
    look_alikes_: LookAlikes
    usual_: Vector  # of the hashtags with pictures
    places_: Matrix
    layers_: Layers
    vectors_: HashtagVectors
    table_: TagTable

    @property
    def _pictured(self) -> list[str]:
        return self.tags_[: len(self.layers_.bias)]

    @cached_property
    def _kinship(self) -> Matrix:
        """Cosines, at least 0, of the hashtags without pictures to those with, [tag-only, pictured]."""
        geometry, pictured = self._geometry(), len(self.layers_.bias)
        return np.asarray(np.maximum(geometry[pictured:] @ geometry[:pictured].T, 0), np.float32)

    @cached_property
    def _carriers(self) -> TagTable:
        return self.table_.by_tag(len(self._pictured))

    def _geometry(self) -> Matrix:
        """Word2Vec's vectors without what all of them share, of length 1, [tags, size]."""
        return unit(self.vectors_.inputs - self.vectors_.inputs.mean(axis=0))

    def _learn(self, posts: Sequence[TaggedPost], embeddings: Embeddings, going_on: bool, progress: Progress) -> None:
        options = self.options
        photos, vectors = tables.photo_posts(posts, embeddings)
        pictured = tables.vocabulary(photos)
        tables.require(len(photos), len(pictured))
        before = self._pictured if going_on else []
        keeping = going_on and len(photos) > options.kernel.exact_up_to
        self._learn_vectors(posts, pictured, self.vectors_ if going_on else None, progress)
        if not keeping:
            self.mean_, covariance = algebra.moments(vectors)
            self.basis_, _ = algebra.half_white_pca(covariance, options.variance)
            scale = algebra.spread(covariance)
        else:
            scale = self.layers_.scale
        prior = tables.priors(photos, pictured)
        table = tables.tag_table(photos, pictured)
        bias, geometry = layers.log_odds(prior), self._geometry()[: len(pictured)]
        start = layers.begin(self.mean_, scale, options.hidden, geometry, bias, options.seed)
        rows, course = np.arange(len(photos)), options.course
        if going_on:
            start = layers.go_on(self.layers_, before, pictured, [post.tags for post in photos], start)
            course, ids = course.learning_on(SLOWER if keeping else 2), tables.ids_of(photos)
            rows = layers.new_and_replay(ids, self.ids_, options.replay, course.most_seen, options.seed)
        self.layers_ = layers.train(
            start, vectors, table, rows, course, lambda stage, done: progress(stage, 0.9 * done)
        )
        progress("learning what photos that look alike carry", 0.9)
        if keeping:
            usual = dict(zip(before, self.usual_, strict=True))
            self.usual_ = np.array([usual.get(tag, self.usual_.min()) for tag in pictured], np.float32)
            self.look_alikes_ = self.look_alikes_.renamed(before, pictured)
        else:
            reduced = algebra.reduce(vectors, self.mean_, self.basis_)
            self.look_alikes_, found = look_alikes.fit(reduced, table, prior, options.kernel_tags, options.kernel)
            self.usual_ = np.full(len(pictured), found.min(), np.float32)
            self.usual_[self.look_alikes_.frequent] = found
        self.attach(photos, embeddings)
        progress("done", 1.0)

    def _learn_vectors(
        self,
        posts: Sequence[TaggedPost],
        pictured: list[str],
        start: HashtagVectors | None,
        progress: Progress,
    ) -> None:
        others = sorted(set(tables.vocabulary(posts)).difference(pictured))
        self.tags_ = pictured + others
        self.prior_ = tables.priors(posts, self.tags_)
        lists = [post.tags for post in posts]
        self.vectors_ = word2vec.learn(lists, self.tags_, self.options.size, self.options.seed, start, progress)
        self.__dict__.pop("_kinship", None)

    def _probabilities(self, places: Matrix, vectors: Matrix) -> Matrix:
        """Of the hashtags with pictures, from embeddings [n, width] and their places [n, size], [n, pictured]."""
        known, share = self.look_alikes_, self.options.look_alikes_share
        found = self.layers_.probabilities(places)
        seen = known.probabilities(algebra.reduce(vectors, self.mean_, self.basis_))
        found[:, known.frequent] = share * seen + (1 - share) * found[:, known.frequent]
        return found

    @property
    def _usual(self) -> Vector:
        others = len(self.tags_) - len(self.usual_)
        return np.pad(self.usual_, (0, others), constant_values=self.options.tag_only_discount * self.usual_.mean())

    def _photos_with(self, column: int, direction: Vector) -> tuple[Evidence, ...]:
        carriers = self._carriers
        rows = carriers.columns[carriers.starts[column] : carriers.starts[column + 1]]
        cosines = self.places_[rows] @ direction
        return tuple(
            Evidence(similarity=min(float(cosines[place]), 1.0), share=0.0, post=int(self.ids_[rows[place]]))
            for place in top(cosines, self.options.evidence)
        )

    def _lead(self, only: int, column: int) -> tuple[Evidence, ...]:
        return (Evidence(similarity=float(self._kinship[only, column]), share=1.0, tag=self.tags_[column]),)
