"""The plain net of two layers: what it learns, where it stops, what it keeps."""

from dataclasses import replace

import numpy as np
import pytest

from predictor.ml.baselines import two_layers
from predictor.ml.baselines.two_layers import Course, TwoLayers
from predictor.ml.contract import Matrix
from predictor.ml.tables import Rows

INPUTS = np.random.default_rng(1).normal(3, 5, (600, 4)).astype(np.float32)
TARGETS = (np.stack([np.abs(INPUTS[:, 0]), INPUTS[:, 1] - INPUTS[:, 2]], axis=1) / 5).astype(np.float32)
NOISE = np.random.default_rng(2).normal(size=(600, 2)).astype(np.float32)
COURSE = Course(hidden=64, rate=1e-2)


def learn(targets: Matrix, course: Course) -> tuple[TwoLayers, int]:
    """The net, and the number of epochs it was trained for."""
    from torch.nn.functional import mse_loss

    stages: list[float] = []

    def wanted(rows: Rows) -> Matrix:
        return targets[rows]

    net = two_layers.learn(INPUTS, 2, wanted, mse_loss, course, lambda stage, done: stages.append(done))
    return net, len(stages)


def test_it_works() -> None:
    """It learns a bend that no single layer could, from inputs that are not standardised."""
    net, _ = learn(TARGETS, COURSE)
    assert np.square(net.outputs(INPUTS) - TARGETS).mean() < 0.05 * TARGETS.var(axis=0).mean()


def test_training_stops_when_held_out_rows_gain_nothing() -> None:
    _, epochs = learn(NOISE, COURSE)
    assert epochs < COURSE.epochs / 2


def test_the_best_epoch_is_kept() -> None:
    """With nothing to learn, what patience adds after the best epoch leaves no trace."""
    first, epochs = learn(NOISE, replace(COURSE, patience=2))
    second, more = learn(NOISE, replace(COURSE, patience=3))
    assert more == epochs + 1
    np.testing.assert_array_equal(first.outputs(INPUTS), second.outputs(INPUTS))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_seed_decides(seed: int) -> None:
    same, other = (learn(TARGETS, replace(COURSE, seed=number))[0] for number in (seed, seed + 1))
    np.testing.assert_array_equal(same.first, learn(TARGETS, replace(COURSE, seed=seed))[0].first)
    assert not np.array_equal(same.first, other.first)


def test_the_caller_s_own_randomness_is_left_alone() -> None:
    import torch

    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    learn(TARGETS, replace(COURSE, epochs=1))
    assert torch.equal(before, torch.random.get_rng_state())
