"""Admin pages of the predictor, one module for each subject."""

from predictor.admin import contributions, evaluations, queues, runs, tables, versions

__all__ = ["contributions", "evaluations", "queues", "runs", "tables", "versions"]
