"""Evaluation: how good the active versions are on photos whose hashtags people gave, beside baselines."""

from predictor.evaluation.ground import NothingToMeasure
from predictor.evaluation.measuring import SPECIFIC, ask_model, evaluate, measure_model, measure_rankings
from predictor.evaluation.report import Report, Row

__all__ = [
    "SPECIFIC",
    "NothingToMeasure",
    "Report",
    "Row",
    "ask_model",
    "evaluate",
    "measure_model",
    "measure_rankings",
]
