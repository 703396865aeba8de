"""Tables of the predictor: uploads, suggestions, contributions, versions, runs, evaluations, embeddings, chats."""

from predictor.models.belongings import ApiToken, MutedTag, TagSet
from predictor.models.contributions import Contribution, ContributionQuerySet
from predictor.models.copyings import Copying
from predictor.models.embeddings import PostEmbedding
from predictor.models.evaluations import Evaluation
from predictor.models.explanations import Explanation, ExplanationQuerySet
from predictor.models.owned import Owned, owned_tables
from predictor.models.telegram import TelegramChat, TelegramMessage, TelegramPhoto, TelegramUpdate
from predictor.models.training import TrainingRun, Tuning
from predictor.models.uploads import Suggestion, Upload, UploadQuerySet
from predictor.models.versions import Activation, ActiveVersion, ModelVersion, VersionHashtag
from predictor.models.votes import Judgement, Vote

__all__ = [
    "Activation",
    "ActiveVersion",
    "ApiToken",
    "Contribution",
    "ContributionQuerySet",
    "Copying",
    "Evaluation",
    "Explanation",
    "ExplanationQuerySet",
    "Judgement",
    "ModelVersion",
    "MutedTag",
    "Owned",
    "PostEmbedding",
    "Suggestion",
    "TagSet",
    "TelegramChat",
    "TelegramMessage",
    "TelegramPhoto",
    "TelegramUpdate",
    "TrainingRun",
    "Tuning",
    "Upload",
    "UploadQuerySet",
    "VersionHashtag",
    "Vote",
    "owned_tables",
]
