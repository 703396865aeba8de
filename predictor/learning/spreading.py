"""What follows where contributions were decided over: a run of each kind, and before it a place in the served index.

The sweeper looks, so that nothing is lost where the process that decided dies.
"""

from corpus.following import Follower
from predictor.learning import runs, versions
from predictor.ml import kinds
from predictor.models import TrainingRun


class Planner:
    """Plans runs where something was decided, or a run has ended in the middle of which it was, since the last look."""

    def __init__(self) -> None:
        self._seen: tuple[int, int] | None = None

    def look(self) -> bool:
        """Return whether there was something new."""
        now = runs.decisions(), TrainingRun.objects.filter(state=TrainingRun.State.DONE).count()
        if now == self._seen:
            return False
        settled = [runs.plan(kind) for kind in kinds.IDS]
        if all(settled):  # else once more after what is running now, however that ends
            self._seen = now
        return True


def extender() -> Follower:
    """Return what has contributions embedded for the versions that serve, so that these take them in."""
    return Follower(["embed", "--contributions"], _decided)


def _decided() -> object:
    decisions = runs.decisions()
    return (decisions, versions.active_names()) if decisions else None
