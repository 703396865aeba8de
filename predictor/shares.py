"""Shares and paired differences, with how far each could be off by the luck of who answered."""

import math
from dataclasses import dataclass

Z = 1.959964  # of a 95 % interval, by the normal distribution
LEAST = 30  # pairs that an interval by the normal distribution needs


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % score interval of E. B. Wilson, JASA 22 (1927), 209-212; 0 to 1 where the whole is nothing.

        It takes the cases as independent; hashtags of one photo are not quite.
        """
        if not self.whole:
            return 0.0, 1.0
        share, squared = self.part / self.whole, Z**2 / self.whole
        centre = (share + squared / 2) / (1 + squared)
        reach = math.sqrt(share * (1 - share) * squared + squared**2 / 4) / (1 + squared)
        return max(0.0, centre - reach), min(1.0, centre + reach)


@dataclass(slots=True)
class Paired:
    """The mean of differences that were taken in pairs, one after the other."""

    pairs: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, difference: float) -> None:
        self.pairs += 1
        self.total += difference
        self.squares += difference**2

    @property
    def mean(self) -> float:
        return self.total / self.pairs

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the mean, by the normal distribution; None where the pairs are too few for that."""
        if self.pairs < LEAST:
            return None
        variance = max(0.0, self.squares - self.total**2 / self.pairs) / (self.pairs - 1)
        reach = Z * math.sqrt(variance / self.pairs)
        return self.mean - reach, self.mean + reach
