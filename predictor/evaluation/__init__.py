"""Evaluation: how good the active versions are on photos whose hashtags people gave, beside baselines."""

from predictor.evaluation.ground import NothingToMeasure
from predictor.evaluation.measuring import SPECIFIC, evaluate, measure_model
from predictor.evaluation.report import Report, Row

__all__ = ["SPECIFIC", "NothingToMeasure", "Report", "Row", "evaluate", "measure_model"]
