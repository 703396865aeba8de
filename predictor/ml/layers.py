"""Two linear layers from an embedding into a space of hashtags: trained in torch, run in numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from predictor.ml.arrays import Array, half
from predictor.ml.contract import Ids, Matrix, Progress, Vector
from predictor.ml.tables import Rows, TagTable, damped
from predictor.ml.word2vec import means_of_company

if TYPE_CHECKING:
    import torch

SHAPES = {
    "layers_mean": "f width",
    "layers_scale": "f width",
    "layers_first": "f width hidden",
    "layers_first_bias": "f hidden",
    "layers_second": "f hidden size",
    "layers_second_bias": "f size",
    "layers_hashtags": "f named size",
    "layers_bias": "f named",
}
HALVED = frozenset({"layers_first", "layers_second", "layers_hashtags"})
CHUNK = 4096
FEWEST_TIMES, MOST_TIMES = 2, 320  # that a new post is shown when learning on


@dataclass(frozen=True, slots=True)
class Layers:
    """Learned numbers: h = relu(x first + first_bias) second + second_bias, log-odds = h hashtags' + bias.

    x is the root of an embedding, standardised by mean and scale.
    """

    mean: Vector  # [width]
    scale: Vector  # [width]
    first: Matrix  # [width, hidden]
    first_bias: Vector
    second: Matrix  # [hidden, size]
    second_bias: Vector
    hashtags: Matrix  # [tags, size]
    bias: Vector  # [tags]

    @classmethod
    def named(cls, learned: Mapping[str, Array]) -> Self:
        """Take the layers out of the arrays of a model's files."""
        return cls(*(learned[f"layers_{part.name}"] for part in fields(cls)))

    def arrays(self) -> dict[str, Array]:
        """Return the layers as the arrays of a model's files."""
        return {f"layers_{part.name}": getattr(self, part.name) for part in fields(self)}

    def standard(self, vectors: Matrix) -> Matrix:
        """Embeddings [n, width] as the first layer takes them."""
        return np.asarray((damped(vectors) - self.mean) / self.scale, np.float32)

    def place(self, vectors: Matrix) -> Matrix:
        """Where embeddings [n, width] lie in the space of hashtags, [n, size]."""
        parts = (self.standard(vectors[start : start + CHUNK]) for start in range(0, len(vectors), CHUNK))
        places = [np.maximum(part @ self.first + self.first_bias, 0) @ self.second for part in parts]
        return np.concatenate(places) + self.second_bias if places else np.empty((0, len(self.second_bias)), np.float32)

    def probabilities(self, places: Matrix) -> Matrix:
        """How probable places in the space [n, size] make each hashtag, [n, tags]."""
        return np.asarray(1 / (1 + np.exp(-np.clip(places @ self.hashtags.T + self.bias, -30, 30))), np.float32)


@dataclass(frozen=True, slots=True)
class Course:
    """How the layers are trained."""

    epochs: int = 40
    fewest_epochs: int = 10
    most_seen: int = 1_000_000  # posts shown in all; large corpora get fewer epochs
    rate: float = 1e-3
    decay: float = 1e-2
    batch: int = 128
    input_dropout: float = 0.3
    hidden_dropout: float = 0.5
    seed: int = 1

    def learning_on(self, slower: int = 2) -> Course:
        """The same for layers that go on from where they are: so many times slower, once through `new_and_replay`."""
        return replace(self, epochs=1, fewest_epochs=1, most_seen=200 * self.batch, rate=self.rate / slower)

    def epochs_for(self, posts: int) -> int:
        """How often so many posts are shown."""
        return min(self.epochs, max(self.fewest_epochs, self.most_seen // max(posts, 1)))


def begin(mean: Vector, scale: Vector, hidden: int, hashtags: Matrix, bias: Vector, seed: int) -> Layers:
    """Fresh layers in front of the given hashtag vectors, with small uniform weights (torch's default)."""
    random = np.random.default_rng(seed)
    width, size = len(mean), hashtags.shape[1]
    first = random.uniform(-1, 1, (width, hidden)) / width**0.5
    second = random.uniform(-1, 1, (hidden, size)) / hidden**0.5
    zeros = np.zeros(hidden, np.float32), np.zeros(size, np.float32)
    weights = first.astype(np.float32), zeros[0], second.astype(np.float32), zeros[1]
    return Layers(mean, scale, *weights, hashtags, bias)


def go_on(
    known: Layers, before: Sequence[str], tags: Sequence[str], lists: Sequence[Sequence[str]], new: Layers
) -> Layers:
    """The layers `known`, whose hashtags are `before`, for the hashtags `tags`.

    A new hashtag starts at the mean of those that it occurs with in `lists`; without any, as it is in the layers `new`.
    """
    rows = dict(zip(before, known.hashtags, strict=True))
    biases = dict(zip(before, known.bias, strict=True))
    company = means_of_company(lists, rows)
    own = dict(zip(tags, zip(new.hashtags, new.bias, strict=True), strict=True))
    return replace(
        known,
        hashtags=np.stack([rows.get(tag, company.get(tag, own[tag][0])) for tag in tags]).astype(np.float32),
        bias=np.array([biases.get(tag, own[tag][1]) for tag in tags], np.float32),
    )


def new_and_replay(ids: Ids, known: Ids, replay: int, shown: int, seed: int) -> Rows:
    """Rows to show to layers that go on, about `shown`: those of posts that are not known yet, each 2 to 320 times, and
    `replay` times as many of known ones, each as seldom as that can be. Without new posts there are none.

    Where few posts are new, more known ones fill the rows up, as far as none comes twice: a short course, or the same
    known posts again and again, makes layers forget the others.
    """
    is_new = ~np.isin(ids, known)
    new, others = np.flatnonzero(is_new), np.flatnonzero(~is_new)
    if not len(new):
        return new
    times = min(max(shown // ((1 + replay) * len(new)), FEWEST_TIMES), MOST_TIMES)
    wanted = max(replay * times * len(new), min(shown - times * len(new), len(others)))
    random, rounds = np.random.default_rng(seed), -(-wanted // len(others)) if len(others) else 1
    drawn = np.concatenate([random.permutation(others) for _ in range(rounds)])
    return np.concatenate([np.tile(new, times), drawn[:wanted]])


def log_odds(priors: Vector) -> Vector:
    """Log-odds of how often hashtags occur, [tags]; what a net that knows nothing else should say."""
    return np.asarray(np.log((priors + 1e-4) / (1 - priors + 1e-4)), np.float32)


def train(start: Layers, vectors: Matrix, table: TagTable, rows: Rows, course: Course, progress: Progress) -> Layers:
    """Fit layers, hashtag vectors and their biases to the hashtags of the posts `rows`; without any, nothing changes.

    Loss: binary cross-entropy over all hashtags (it beat the multi-positive softmax on held-out posts), on pairs of
    posts mixed with Beta(1, 1) weights; AdamW with a one-cycle rate, whose last epoch is kept: keeping the one with the
    lowest loss on held-out posts was worse.
    """
    import torch

    if not len(rows):
        return start
    torch.set_num_threads(1)  # a second one would spin against the processes that serve
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(course.seed)
        return _run(start, vectors, table, rows, course, progress)


def _run(start: Layers, vectors: Matrix, table: TagTable, rows: Rows, course: Course, progress: Progress) -> Layers:
    import torch

    random = np.random.default_rng(course.seed)
    weights = [torch.from_numpy(array.copy()).requires_grad_() for array in _weights(start)]
    optimiser = torch.optim.AdamW(weights, lr=course.rate, weight_decay=course.decay, fused=True)
    batches, epochs = -(-len(rows) // course.batch), course.epochs_for(len(rows))
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, course.rate, total_steps=epochs * batches)
    for epoch in range(epochs):
        progress("training the layers", epoch / epochs)
        for part in np.array_split(random.permutation(rows), batches):
            wanted = table.dense(part, len(start.bias))
            loss = _mixed_loss(weights, start.standard(vectors[part]), wanted, course, random)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            cycle.step()
    first, first_bias, second, second_bias, hashtags, bias = (weight.detach().numpy() for weight in weights)
    return Layers(start.mean, start.scale, half(first), first_bias, half(second), second_bias, half(hashtags), bias)


def _weights(layers: Layers) -> list[Matrix | Vector]:
    return [layers.first, layers.first_bias, layers.second, layers.second_bias, layers.hashtags, layers.bias]


def _mixed_loss(
    weights: list[torch.Tensor], inputs: Matrix, wanted: Matrix, course: Course, random: np.random.Generator
) -> torch.Tensor:
    import torch

    share = random.beta(1, 1, (len(inputs), 1)).astype(np.float32)
    other = random.permutation(len(inputs))
    mixed = torch.from_numpy(share * inputs + (1 - share) * inputs[other])  # [batch, width]
    targets = torch.from_numpy(share * wanted + (1 - share) * wanted[other])  # [batch, tags]
    logits = _logits(weights, mixed, course.input_dropout, course.hidden_dropout)
    return torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="sum") / len(inputs)


def _logits(
    weights: list[torch.Tensor], inputs: torch.Tensor, input_dropout: float, hidden_dropout: float
) -> torch.Tensor:
    from torch.nn.functional import dropout, relu

    first, first_bias, second, second_bias, hashtags, bias = weights
    hidden = relu(dropout(inputs, input_dropout) @ first + first_bias)  # [batch, hidden]
    places = dropout(hidden, hidden_dropout) @ second + second_bias  # [batch, size]
    return places @ hashtags.T + bias  # [batch, tags]
