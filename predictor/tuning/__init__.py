"""Tuning: which settings of a kind answer best for the posts of this home. Imports optuna, so for the command alone."""

from predictor.tuning.ground import TuningError
from predictor.tuning.outcome import Outcome, forget, tune

__all__ = ["Outcome", "TuningError", "forget", "tune"]
