"""Kernel ridge regression: what it learns, and what it says of photos as if they were new."""

from dataclasses import replace

import numpy as np
import pytest

from predictor.ml import kernel_ridge
from predictor.ml.contract import Matrix
from predictor.ml.kernel_ridge import KernelOptions, KernelRidge
from predictor.ml.neighbours import unit
from predictor.ml.tables import Rows

OPTIONS = KernelOptions()
SMALL = KernelOptions(exact_up_to=50, centres=40, judged=30)


def corpus(number: int) -> tuple[Matrix, Matrix]:
    """Rows of length 1, and targets that follow from them and chance."""
    random = np.random.default_rng(1)
    rows = unit(random.normal(size=(number, 4)).astype(np.float32))
    noise = random.normal(0, 0.1, (number, 2))
    return rows, np.asarray(np.stack([rows[:, 0] > 0, rows[:, 1]], axis=1) + noise, np.float32)


def learned(rows: Matrix, targets: Matrix, judged: Rows, options: KernelOptions) -> tuple[KernelRidge, Matrix]:
    return kernel_ridge.fit(rows, lambda some: targets[some], judged, options)


def test_it_works() -> None:
    rows, targets = corpus(400)
    known, new = slice(0, 300), slice(300, 400)
    model, _ = learned(rows[known], targets[known], np.arange(0), OPTIONS)
    off = np.abs(model.predict(rows[new]) - targets[new]).mean(axis=0)
    by_mean = np.abs(targets[known].mean(axis=0) - targets[new]).mean(axis=0)
    assert (off < 0.5 * by_mean).all()
    assert len(model.centres) == 300, "each is a centre"


def test_as_if_new_is_what_learning_without_the_row_gives() -> None:
    rows, targets = corpus(80)
    model, alone = learned(rows, targets, np.arange(80), OPTIONS)
    for row in (0, 17, 79):
        others = np.delete(np.arange(80), row)
        without, _ = learned(rows[others], targets[others], np.arange(0), OPTIONS)
        expected = without.predict(rows[row : row + 1])[0]
        assert alone[row] == pytest.approx(expected, abs=0.02)
        assert np.abs(model.predict(rows[row : row + 1])[0] - expected).max() > 0.02, "it has learned the row"


def test_judged_rows_of_a_large_corpus_are_no_centres() -> None:
    rows, targets = corpus(200)
    judged = SMALL.rows_to_judge(200)
    model, alone = learned(rows, targets, judged, SMALL)
    assert (len(model.centres), len(alone)) == (40, 30)
    apart = np.abs(rows[judged][:, None] - model.centres[None]).max(axis=2)
    assert apart.min() > 0.001, "float16 moves a row by less"
    assert np.abs(alone - targets[judged]).mean() < np.abs(targets[judged] - targets.mean(axis=0)).mean()


def test_rows_to_judge_leave_enough_for_centres() -> None:
    assert sorted(OPTIONS.rows_to_judge(20)) == list(range(20))
    assert len(OPTIONS.rows_to_judge(6_000)) == 5_000
    assert len(OPTIONS.rows_to_judge(6_001)) == 1_500
    assert len(OPTIONS.rows_to_judge(80_000)) == 5_000


def test_a_higher_ridge_holds_answers_nearer_to_the_mean() -> None:
    rows, targets = corpus(100)
    spread = [
        learned(rows, targets, np.arange(0), replace(OPTIONS, ridge=ridge))[0].predict(rows).std()
        for ridge in (0.02, 2.0, 200.0)
    ]
    assert spread == sorted(spread, reverse=True)


def test_equal_rows_do_not_break_it() -> None:
    rows, targets = corpus(30)
    rows[:] = rows[0]
    model, alone = learned(rows, targets, np.arange(30), OPTIONS)
    assert np.isfinite(alone).all()
    assert model.predict(rows[:1])[0] == pytest.approx(targets.mean(axis=0), abs=0.02)
