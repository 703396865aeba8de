"""Admin pages of the predictor, one module for each subject."""

from predictor.admin import evaluations, queues, tables

__all__ = ["evaluations", "queues", "tables"]
