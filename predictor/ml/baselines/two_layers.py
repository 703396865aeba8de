"""A plain net of two linear layers with a ReLU between them: trained in torch with early stopping, run in numpy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from predictor.ml.contract import Matrix, Progress, Vector
from predictor.ml.tables import Rows

if TYPE_CHECKING:
    import torch

    Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True, slots=True)
class TwoLayers:
    """Learned numbers: outputs = relu((x - mean) / scale first + first_bias) second + second_bias."""

    mean: Vector  # [width]
    scale: Vector  # [width]
    first: Matrix  # [width, hidden]
    first_bias: Vector
    second: Matrix  # [hidden, outputs]
    second_bias: Vector

    def outputs(self, vectors: Matrix) -> Matrix:
        """Run the net on embeddings [n, width]: [n, outputs]."""
        hidden = np.maximum((vectors - self.mean) / self.scale @ self.first + self.first_bias, 0)
        return np.asarray(hidden @ self.second + self.second_bias, np.float32)


@dataclass(frozen=True, slots=True)
class Course:
    """How a net is trained."""

    hidden: int = 512
    input_dropout: float = 0.0
    hidden_dropout: float = 0.0
    rate: float = 1e-3
    decay: float = 1e-2
    batch: int = 128
    epochs: int = 100  # at most
    patience: int = 5  # epochs without a lower loss on the held-out posts, after which training stops
    held_out: float = 0.05
    seed: int = 1


def learn(
    vectors: Matrix, width: int, wanted: Callable[[Rows], Matrix], loss: Loss, course: Course, progress: Progress
) -> TwoLayers:
    """Fit a net from embeddings [n, any] to the targets [rows, width] that `wanted` gives for rows of them.

    Embeddings are standardised, AdamW minimises `loss` at a constant rate, and the epoch with the lowest loss on the
    held-out rows is kept. Needs at least two rows.
    """
    import torch

    torch.set_num_threads(1)  # a second one would spin against the processes that serve
    mean, scale = vectors.mean(axis=0), vectors.std(axis=0) + 1e-3
    order = np.random.default_rng(course.seed).permutation(len(vectors))
    held = max(int(len(order) * course.held_out), 1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(course.seed)
        net = _net(vectors.shape[1], width, course)
        data = _Data((vectors - mean) / scale, wanted, loss)
        _run(net, data, order[held:], order[:held], course, progress)
    first, first_bias, second, second_bias = (weight.detach().numpy().T.copy() for weight in net.parameters())
    return TwoLayers(mean, scale, first, first_bias, second, second_bias)


@dataclass(frozen=True, slots=True)
class _Data:
    inputs: Matrix
    wanted: Callable[[Rows], Matrix]
    loss: Loss

    def of(self, net: torch.nn.Module, rows: Rows) -> torch.Tensor:
        """Mean loss of some rows."""
        import torch

        return self.loss(net(torch.from_numpy(self.inputs[rows])), torch.from_numpy(self.wanted(rows)))


def _net(inputs: int, outputs: int, course: Course) -> torch.nn.Module:
    from torch import nn

    return nn.Sequential(
        nn.Dropout(course.input_dropout),
        nn.Linear(inputs, course.hidden),
        nn.ReLU(),
        nn.Dropout(course.hidden_dropout),
        nn.Linear(course.hidden, outputs),
    )


def _run(net: torch.nn.Module, data: _Data, learned: Rows, watched: Rows, course: Course, progress: Progress) -> None:
    import torch

    optimiser = torch.optim.AdamW(net.parameters(), lr=course.rate, weight_decay=course.decay)
    random = np.random.default_rng(course.seed)
    best: dict[str, Any] = {}
    lowest, since = np.inf, 0
    for epoch in range(course.epochs):
        progress("training the net", epoch / course.epochs)
        net.train()
        for rows in np.array_split(random.permutation(learned), -(-len(learned) // course.batch)):
            optimiser.zero_grad()
            data.of(net, rows).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        now, since = _watch(net, data, watched), since + 1
        if now < lowest:
            best, lowest, since = {name: part.clone() for name, part in net.state_dict().items()}, now, 0
        if since >= course.patience:
            break
    net.load_state_dict(best)


def _watch(net: torch.nn.Module, data: _Data, rows: Rows) -> float:
    import torch

    net.eval()
    with torch.no_grad():
        return float(data.of(net, rows))
