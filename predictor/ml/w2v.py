"""The kind `w2v`: Word2Vec vectors of hashtags, and the two linear layers that lead from a picture into their space."""

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from predictor.ml import calibration, layers, look_alikes, tables, w2v_files, word2vec
from predictor.ml.als_algebra import half_white_pca, reduce
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
from predictor.ml.look_alikes import LookAlikes
from predictor.ml.neighbours import kin, top, unit
from predictor.ml.tables import Rows, TagTable
from predictor.ml.w2v_files import ALONE, DEFAULT_CALIBRATION, W2vOptions
from predictor.ml.word2vec import HashtagVectors

LEAST_PHOTOS, LEAST_TAGS = 5, 2
NONE = np.empty(0, np.int64)
UPDATE = layers.Course(epochs=10, rate=5e-4)


class W2vModel:
    """Skip-gram vectors of hashtags, and a picture's way into their space.

    The vectors of hashtags that have pictures start from Word2Vec (centred, length 1) and are fine-tuned with the
    layers. Beside them kernel ridge regression says from pictures that look alike how likely each hashtag is, which the
    layers alone miss for rare ones; one logistic regression makes a probability of both. A hashtag without pictures has
    a Word2Vec vector alone: its score is a quarter of the best (score x cosine) among the hashtags with pictures, so it
    always ranks below what it follows from. Evidence: the nearest photos in the predicted space that carry the hashtag
    (no shares: the score does not come from them), and for a hashtag without pictures the one that it follows from,
    with all of the score.
    """

    kind = "w2v"

    def __init__(self, options: W2vOptions | None = None) -> None:
        self.options = options or W2vOptions()

    def fit(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn from scratch; tag-only posts teach the hashtag vectors. Raises ModelError where posts are too few."""
        photos, vectors = self._checked(posts, embeddings)
        options = self.options
        self.backbone_ = embeddings.backbone
        rooted = tables.damped(vectors)
        self.calibration_ = np.array(DEFAULT_CALIBRATION, np.float32)
        self.mean_, self.basis_, _ = half_white_pca(rooted, options.variance)
        self.scale_ = rooted.std(axis=0) + 1e-3
        pictured = tables.vocabulary(photos)
        self._learn_vectors(posts, pictured, None, progress)
        start = layers.begin(
            len(self.mean_),
            options.hidden,
            self._geometry()[: len(pictured)],
            _log_odds(photos, pictured),
            options.seed,
        )
        watched = layers.held_out(len(photos), options.course)
        self._train(start, photos, vectors, watched, options.course, progress)
        self._learn_look_alikes(photos, vectors, watched, progress)
        self.attach(photos, embeddings)
        progress("done", 1.0)
        return self

    def update(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn on from the whole present snapshot: vectors of known hashtags are copied and go on from there, the
        layers are fine-tuned on the new posts and a replay of known ones.
        """
        photos, vectors = self._checked(posts, embeddings)
        self._same_backbone(embeddings)
        pictured = tables.vocabulary(photos)
        known = dict(zip(self.tags_, self.layers_.hashtags, strict=False))
        biases = dict(zip(self.tags_, self.layers_.bias, strict=False))
        self._learn_vectors(posts, pictured, self.vectors_, progress)
        geometry = dict(zip(self.tags_, self._geometry(), strict=True))
        company = word2vec.means_of_company([post.tags for post in photos], known)
        log_odds = dict(zip(pictured, _log_odds(photos, pictured), strict=True))
        start = replace(
            self.layers_,
            hashtags=np.stack([known.get(tag, company.get(tag, geometry[tag])) for tag in pictured]),
            bias=np.array([biases.get(tag, log_odds[tag]) for tag in pictured], np.float32),
        )
        chosen = self._new_and_replay(photos)
        self.layers_ = start
        if len(chosen):
            self._train(start, [photos[row] for row in chosen], vectors[chosen], NONE, UPDATE, progress)
        self._learn_look_alikes(photos, vectors, NONE, progress)
        self.attach(photos, embeddings)
        progress("done", 1.0)
        return self

    def attach(self, posts: Sequence[TaggedPost], embeddings: Embeddings) -> Self:
        """Make these posts the model's photos, by their places in the predicted space, in numpy alone.

        Posts without an embedding or without a known hashtag are left out.
        """
        self._same_backbone(embeddings)
        known = set(self._pictured)
        usable = [post for post in posts if not known.isdisjoint(post.tags)]
        photos, vectors = tables.photo_posts(usable, embeddings)
        self.ids_: Ids = tables.ids_of(photos)
        self.table_ = tables.tag_table(photos, self._pictured)
        self.places_ = half(unit(self.layers_.place(self._standard(vectors))))
        return self

    def suggest(self, embedding: Vector, k: int, explain: int = 0) -> list[SuggestedTag]:
        """Return the k best hashtags for an embedding [width], best first; the first `explain` carry evidence."""
        query = tables.check_query(embedding, len(self.mean_))
        place = self.layers_.place(self._standard(query[None]))[0]
        seen = self.look_alikes_.scores(reduce(query[None], self.mean_, self.basis_))
        pictured = self._probabilities(self._logits(place[None]), seen)[0]
        leads = pictured * self._kinship  # [tag-only, pictured]
        scores = np.concatenate([pictured, self.options.tag_only_discount * leads.max(axis=1, initial=0)])
        cosines, usual = self.places_ @ unit(place[None])[0], self._usual
        suggestions = []
        for rank, column in enumerate(top(scores, k)):
            evidence: tuple[Evidence, ...] = ()
            if rank < explain:
                only = column - len(pictured)
                evidence = (
                    self._photos_with(column, cosines) if only < 0 else self._lead(only, int(leads[only].argmax()))
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
            **asdict(self.look_alikes_.kernel),
            "frequent": self.look_alikes_.frequent,
            "typical": self.look_alikes_.typical,
            "base": self.look_alikes_.prior,
            **asdict(self.layers_),
            "inputs": self.vectors_.inputs,
            "outputs": self.vectors_.outputs,
            "starts": self.table_.starts,
            "columns": self.table_.columns,
        }
        w2v_files.write(folder, learned, self.tags_, self.backbone_, self.options)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote. Raises ModelError where the files do not fit together."""
        learned, tags, backbone, options = w2v_files.read(folder)
        model = cls(options)
        model.tags_, model.backbone_ = tags, backbone
        for name in w2v_files.OWN:
            setattr(model, f"{name}_", learned[name])
        kernel = KernelRidge(*(learned[name] for name in w2v_files.KERNEL))
        model.layers_ = layers.Layers(**{part.name: learned[part.name] for part in fields(layers.Layers)})
        model.vectors_ = HashtagVectors(model.tags_, learned["inputs"], learned["outputs"])
        model.table_ = TagTable(learned["starts"], learned["columns"])
        model.look_alikes_ = LookAlikes(kernel, learned["frequent"], learned["base"], learned["typical"])
        if len(model._pictured) > len(model.tags_) or not model.table_.fits(len(model.ids_), len(model._pictured)):
            raise ModelError("The posts of this model do not fit its hashtags.")
        return model

    tags_: list[str]  # those with pictures first
    prior_: Vector
    mean_: Vector
    scale_: Vector
    basis_: Matrix
    look_alikes_: LookAlikes
    calibration_: Vector
    usual_: Vector  # of the hashtags with pictures
    places_: Matrix
    layers_: layers.Layers
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

    def _geometry(self) -> Matrix:
        """Word2Vec's vectors without what all of them share, of length 1, [tags, size]."""
        return unit(self.vectors_.inputs - self.vectors_.inputs.mean(axis=0))

    def _standard(self, vectors: Matrix) -> Matrix:
        return np.asarray((tables.damped(vectors) - self.mean_) / self.scale_, np.float32)

    def _checked(self, posts: Sequence[TaggedPost], embeddings: Embeddings) -> tuple[list[TaggedPost], Matrix]:
        photos, vectors = tables.photo_posts(posts, embeddings)
        tables.require(len(photos), len(tables.vocabulary(photos)), LEAST_PHOTOS, LEAST_TAGS)
        return photos, vectors

    def _same_backbone(self, embeddings: Embeddings) -> None:
        if embeddings.backbone != self.backbone_:
            raise ModelError("The embeddings were made by another backbone than this model was trained on.")

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

    def _train(
        self,
        start: layers.Layers,
        photos: Sequence[TaggedPost],
        vectors: Matrix,
        watched: Rows,
        course: layers.Course,
        progress: Progress,
    ) -> None:
        pictured = self.tags_[: len(start.bias)]
        self.layers_ = layers.train(
            start, self._standard(vectors), tables.tag_table(photos, pictured), watched, course, progress
        )

    def _learn_look_alikes(
        self, photos: Sequence[TaggedPost], vectors: Matrix, watched: Rows, progress: Progress
    ) -> None:
        """Learn the second part, and from photos as if they were new how probable its scores make a hashtag.

        From the photos `watched`, which the layers were not trained on, what both parts mean together.
        """
        progress("learning what photos that look alike carry", 0.9)
        options = self.options
        table, prior = tables.tag_table(photos, self._pictured), tables.priors(photos, self._pictured)
        others = options.kernel.rows_to_judge(len(photos))
        judged = np.concatenate([watched, others[~np.isin(others, watched)]])
        reduced = reduce(vectors, self.mean_, self.basis_)
        self.look_alikes_, scores = look_alikes.fit(reduced, table, prior, judged, options.kernel_tags, options.kernel)
        truth, features = table.dense(judged, len(prior)), self.look_alikes_.features(scores)
        alone = calibration.probabilities(features, calibration.fit(features, truth, ALONE))
        self.usual_ = calibration.typical(alone, truth)
        if len(watched):
            seen, logits = len(watched), self._logits(self.layers_.place(self._standard(vectors[watched])))
            known = [logits, *self.look_alikes_.features(scores[:seen])]
            self.calibration_ = calibration.fit(known, truth[:seen], DEFAULT_CALIBRATION)

    def _logits(self, places: Matrix) -> Matrix:
        return places @ self.layers_.hashtags.T + self.layers_.bias

    def _probabilities(self, logits: Matrix, seen: Matrix) -> Matrix:
        return calibration.probabilities([logits, *self.look_alikes_.features(seen)], self.calibration_)

    @property
    def _usual(self) -> Vector:
        others = len(self.tags_) - len(self.usual_)
        return np.pad(self.usual_, (0, others), constant_values=self.options.tag_only_discount * self.usual_.mean())

    def _new_and_replay(self, photos: Sequence[TaggedPost]) -> NDArray[np.int64]:
        """Places of the photos that the model does not know, and of known ones to show again."""
        new = ~np.isin(tables.ids_of(photos), self.ids_)
        known = np.random.default_rng(self.options.seed).permutation(np.flatnonzero(~new))
        return np.concatenate([np.flatnonzero(new), known[: self.options.replay * int(new.sum())]])

    def _photos_with(self, column: int, cosines: Vector) -> tuple[Evidence, ...]:
        rows = self.table_.rows_with(column)
        best = rows[top(cosines[rows], self.options.evidence)]
        return tuple(Evidence(similarity=float(cosines[row]), share=0.0, post=int(self.ids_[row])) for row in best)

    def _lead(self, only: int, column: int) -> tuple[Evidence, ...]:
        return (Evidence(similarity=float(self._kinship[only, column]), share=1.0, tag=self.tags_[column]),)


def _log_odds(photos: Sequence[TaggedPost], tags: Sequence[str]) -> Vector:
    prior = tables.priors(photos, tags)
    return np.asarray(np.log((prior + 1e-4) / (1 - prior + 1e-4)), np.float32)
