"""Tables of the predictor: uploads, suggestions, contributions, versions, runs, tunings, evaluations, embeddings."""

from predictor.models.contributions import Contribution, ContributionQuerySet
from predictor.models.embeddings import PostEmbedding
from predictor.models.evaluations import Evaluation
from predictor.models.training import TrainingRun, Tuning
from predictor.models.uploads import Suggestion, Upload, UploadQuerySet
from predictor.models.versions import Activation, ActiveVersion, ModelVersion, VersionHashtag

__all__ = [
    "Activation",
    "ActiveVersion",
    "Contribution",
    "ContributionQuerySet",
    "Evaluation",
    "ModelVersion",
    "PostEmbedding",
    "Suggestion",
    "TrainingRun",
    "Tuning",
    "Upload",
    "UploadQuerySet",
    "VersionHashtag",
]
