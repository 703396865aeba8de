"""How near hashtags are to each other in the geometry of several models, and which say nearly the same."""

from collections.abc import Mapping, Sequence
from itertools import combinations

NEAR = 0.5  # cosine from which two hashtags say nearly the same; below, they only keep company
ONE_WORD = 0.15  # the same for a hashtag and one that begins with it: #car and #cars, but not #sea and #seal
SHORTEST = 3  # letters of a beginning that says something

Kin = Mapping[str, Sequence[tuple[str, float]]]  # one model's nearest hashtags with their cosines, as `Model.kin` says


class Kinship:
    """What several models know of the nearness of hashtags."""

    def __init__(self, kin: Sequence[Kin]) -> None:
        self._cosines = [{tag: dict(near) for tag, near in model.items()} for model in kin]

    def cosine(self, one: str, other: str) -> float:
        """The mean of the models that know both, since one alone often takes company for meaning; 0 where none does.

        A model that has neither among the nearest of the other counts as 0.
        """
        found = [
            max(model[one].get(other, 0.0), model[other].get(one, 0.0))
            for model in self._cosines
            if one in model and other in model
        ]
        return sum(found) / len(found) if found else 0.0

    def sameness(self, one: str, other: str) -> float:
        """How far two hashtags say the same, 0 to 1: 0 below NEAR, then their cosine; 1 for forms of one word.

        A word with an ending (a plural, #dogsofinstagram) is one of its forms where the models find the two at all
        near, which #cat and #cathedral are not. A word behind another (#polarbear) is something more special.
        """
        cosine = self.cosine(one, other)
        if cosine >= ONE_WORD and _begins(one, other):
            return 1.0
        return cosine if cosine >= NEAR else 0.0

    def hold_twins(self, tags: Sequence[str]) -> bool:
        """Whether any two of the hashtags say nearly the same."""
        return any(self.sameness(one, other) > 0 for one, other in combinations(tags, 2))


def _begins(one: str, other: str) -> bool:
    """Whether the longer of two hashtags begins with the shorter."""
    short, long = sorted((one, other), key=len)
    return len(short) >= SHORTEST and long.startswith(short)
