"""The control between popular and specific hashtags: ranks a finished ranking anew, without asking a model."""

from collections.abc import Sequence

from predictor.ml.contract import SuggestedTag

STEEPEST = 1.25  # the exponent at 1, the end for those who want it; what it costs stands in docs/experiments.md
SMOOTHING = 0.02  # added to the usual probability, so that a hashtag that is hardly ever found does not rule


def steer(ranking: Sequence[SuggestedTag], specificity: float) -> list[SuggestedTag]:
    """Order hashtags by probability / (usual probability + smoothing)^(1.25 specificity), highest first; scores stay.

    `specificity` is 0 (what is most likely right) to 1 (what stands out most from what the model usually says of
    photos that carry the hashtag, which lifts rare and telling ones). Raises ValueError outside that range.
    """
    if not 0 <= specificity <= 1:
        raise ValueError("The control goes from 0 (popular) to 1 (specific).")
    if specificity == 0:
        return list(ranking)
    exponent = STEEPEST * specificity
    return sorted(ranking, key=lambda item: (-item.score / (item.usual + SMOOTHING) ** exponent, item.tag))
