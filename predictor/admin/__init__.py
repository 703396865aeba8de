"""Admin pages of the predictor, one module for each subject."""

from predictor.admin import contributions, evaluations, live_quality, people, queues, runs, tables, versions

__all__ = ["contributions", "evaluations", "live_quality", "people", "queues", "runs", "tables", "versions"]
