"""The two linear layers of the `w2v` kind, from an embedding into hashtag space: trained in torch, run in numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from predictor.ml.arrays import half
from predictor.ml.contract import Matrix, Progress, Vector
from predictor.ml.tables import Rows, TagTable

if TYPE_CHECKING:
    import torch

LEAST_HELD_OUT = 50  # posts; fewer teach nothing about probabilities
MOST_HELD_OUT = 2_000
CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Layers:
    """Learned numbers: h = relu(x first + first_bias) second + second_bias, logits = h hashtags' + bias."""

    first: Matrix  # [width, hidden]
    first_bias: Vector
    second: Matrix  # [hidden, size]
    second_bias: Vector
    hashtags: Matrix  # [tags, size]
    bias: Vector  # [tags]

    def place(self, inputs: Matrix) -> Matrix:
        """Where standardised embeddings [n, width] lie in hashtag space, [n, size]."""
        parts = [inputs[i : i + CHUNK] for i in range(0, len(inputs), CHUNK)]
        places = [np.maximum(part @ self.first + self.first_bias, 0) @ self.second for part in parts]
        return np.concatenate(places) + self.second_bias if places else np.empty((0, len(self.second_bias)), np.float32)


@dataclass(frozen=True, slots=True)
class Course:
    """How the layers are trained."""

    epochs: int = 40
    most_seen: int = 1_000_000  # posts shown in all; large corpora get fewer epochs, at least ten
    rate: float = 3e-3
    decay: float = 1e-2
    batch: int = 128
    input_dropout: float = 0.3
    hidden_dropout: float = 0.5
    held_out: float = 0.05
    seed: int = 1

    def epochs_for(self, posts: int) -> int:
        """How often so many posts are shown."""
        return min(self.epochs, max(10, self.most_seen // max(posts, 1)))


def begin(width: int, hidden: int, hashtags: Matrix, bias: Vector, seed: int) -> Layers:
    """Fresh layers in front of the given hashtag vectors, with small uniform weights (torch's default)."""
    random = np.random.default_rng(seed)
    size = hashtags.shape[1]
    first = random.uniform(-1, 1, (width, hidden)) / width**0.5
    second = random.uniform(-1, 1, (hidden, size)) / hidden**0.5
    zeros = np.zeros(hidden, np.float32), np.zeros(size, np.float32)
    return Layers(first.astype(np.float32), zeros[0], second.astype(np.float32), zeros[1], hashtags, bias)


def train(start: Layers, inputs: Matrix, table: TagTable, watched: Rows, course: Course, progress: Progress) -> Layers:
    """Fit layers, hashtag vectors and their biases to the posts' hashtags.

    Loss: binary cross-entropy over all hashtags (it beat the multi-positive softmax on held-out posts), on pairs of
    posts mixed with Beta(1, 1) weights; AdamW with a one-cycle rate. The posts `watched` are held out, for others
    to calibrate on: keeping the epoch with the lowest loss on them was worse than keeping the last.
    """
    import torch

    torch.set_num_threads(1)  # a second one would spin against the processes that serve
    random = np.random.default_rng(course.seed)
    learned = np.setdiff1d(np.arange(len(inputs)), watched)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(course.seed)
        return _run(start, inputs, table, learned, course, random, progress)


def held_out(posts: int, course: Course) -> Rows:
    """Rows to hold out of training; none of a few posts."""
    order = np.random.default_rng(course.seed).permutation(posts)
    held = min(int(posts * course.held_out), MOST_HELD_OUT)
    return order[: held if held >= LEAST_HELD_OUT else 0]


def _run(
    start: Layers,
    inputs: Matrix,
    table: TagTable,
    learned: Rows,
    course: Course,
    random: np.random.Generator,
    progress: Progress,
) -> Layers:
    import torch

    weights = [torch.from_numpy(array.copy()).requires_grad_() for array in _parts(start)]
    optimiser = torch.optim.AdamW(weights, lr=course.rate, weight_decay=course.decay, fused=True)
    batches, epochs = -(-len(learned) // course.batch), course.epochs_for(len(learned))
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, course.rate, total_steps=epochs * batches)
    for epoch in range(epochs):
        progress("training the layers", epoch / epochs)
        for rows in np.array_split(random.permutation(learned), batches):
            loss = _mixed_loss(weights, inputs[rows], table.dense(rows, len(start.bias)), course, random)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            cycle.step()
    first, first_bias, second, second_bias, hashtags, bias = (weight.detach().numpy() for weight in weights)
    return Layers(half(first), first_bias, half(second), second_bias, half(hashtags), bias)


def _parts(layers: Layers) -> list[Matrix | Vector]:
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
