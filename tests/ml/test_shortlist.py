"""The shortlist finds the rows that reading all of them would find."""

import numpy as np
import pytest

from predictor.ml import shortlist as module
from predictor.ml.contract import Matrix
from predictor.ml.neighbours import nearest, unit
from predictor.ml.shortlist import shortlist

ROWS, WIDTH, WANTED = 3_000, 300, 20


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> Matrix:
    """More rows than are all read; they differ more in some directions than in others, as real ones do."""
    monkeypatch.setattr(module, "EXACT_UP_TO", 1_000)
    monkeypatch.setattr(module, "SAMPLE", 1_000)
    return made_up(ROWS, 1)


def made_up(number: int, seed: int) -> Matrix:
    turn, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((WIDTH, WIDTH)))
    falling = np.arange(1, WIDTH + 1) ** -0.5
    return unit((np.random.default_rng(seed).standard_normal((number, WIDTH)) * falling) @ turn)


def test_it_works(many: Matrix) -> None:
    searched = shortlist(many)
    found = []
    for query in made_up(50, 2):
        places, cosines = searched.nearest(query, WANTED)
        assert cosines == pytest.approx(many[places] @ query, abs=1e-6)
        assert (np.diff(cosines) <= 0).all()
        found.append(len(np.intersect1d(places, nearest(query, many, WANTED)[0])) / WANTED)
    assert np.mean(found) > 0.99


def test_the_coarse_look_reads_less(many: Matrix) -> None:
    assert shortlist(many).leading.shape == (ROWS, module.LEADING)


def test_a_row_is_nearest_to_itself(many: Matrix) -> None:
    places, cosines = shortlist(many).nearest(many[7], 1)
    assert places.tolist() == [7]
    assert cosines == pytest.approx([1])


def test_equal_rows_come_in_order_of_their_place(many: Matrix) -> None:
    many[[11, 500, 2_999]] = many[7]
    assert shortlist(many).nearest(many[7], 4)[0].tolist() == [7, 11, 500, 2_999]


def test_of_few_rows_all_are_read() -> None:
    rows, query = made_up(200, 1), made_up(1, 2)[0]
    searched = shortlist(rows)
    assert searched.leading.size == 0
    assert searched.nearest(query, WANTED)[0].tolist() == nearest(query, rows, WANTED)[0].tolist()


def test_more_may_be_wanted_than_there_are(many: Matrix) -> None:
    assert sorted(shortlist(many).nearest(many[0], ROWS + 1)[0]) == list(range(ROWS))


def test_rows_may_be_narrow(many: Matrix) -> None:
    narrow = unit(many[:, :5])
    assert shortlist(narrow).nearest(narrow[0], WANTED)[0].tolist() == nearest(narrow[0], narrow, WANTED)[0].tolist()


def test_no_rows_have_no_nearest() -> None:
    assert shortlist(made_up(0, 1)).nearest(made_up(1, 2)[0], 5)[0].tolist() == []
