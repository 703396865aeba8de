"""Shares and paired differences against published and other computations of their intervals."""

import statistics

import pytest

from predictor.shares import LEAST, Paired, Share


@pytest.mark.parametrize(
    ("part", "whole", "interval"),
    [  # from R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_wilson(part: int, whole: int, interval: tuple[float, float]) -> None:
    share = Share(part, whole)
    assert share.value == part / whole
    assert share.interval == pytest.approx(interval, abs=5e-5)
    low, high = Share(whole - part, whole).interval
    assert (1 - high, 1 - low) == pytest.approx(share.interval)


def test_a_share_of_nothing() -> None:
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, (0.0, 1.0))


def test_paired() -> None:
    values, paired = [0.1 * (n % 7) - 0.2 for n in range(50)], Paired()
    for value in values:
        paired.add(value)
    reach = 1.959964 * statistics.stdev(values) / 50**0.5
    assert paired.mean == pytest.approx(statistics.mean(values))
    assert paired.interval == pytest.approx((paired.mean - reach, paired.mean + reach))


def test_few_pairs_have_no_interval() -> None:
    paired = Paired()
    for _ in range(LEAST - 1):
        paired.add(0.5)
    assert paired.interval is None
    paired.add(0.5)
    assert paired.interval == pytest.approx((0.5, 0.5))
