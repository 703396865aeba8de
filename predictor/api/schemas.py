"""What goes into the API and comes out of it, as its documentation shows it."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import ConfigDict

MOST_WORDS = 200  # in one list of an opinion
EXAMPLE: dict[str, Any] = {"kept": ["sea", "sun"], "dropped": ["snow"], "added": ["#harbour"], "may_be_shown": False}


class Problem(Schema):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = Field(description="What happened and what to do, in a sentence.")


class Paging(Schema):
    """Which part of a list is wanted."""

    limit: int = Field(20, ge=1, le=100)
    offset: int = Field(0, ge=0, le=1_000_000)


class Look(Schema):
    """How an answer is wanted."""

    top: int = Field(10, ge=1, le=100, description="Hashtags of each ranking.")
    specific: float = Field(0, ge=0, le=1, description="0: what is most likely right; 1: what is most telling.")


class Evidence(Schema):
    """A known post or hashtag that speaks for a suggestion."""

    kind: Literal["post", "hashtag"]
    hashtags: list[str] = Field(description="Those of the post, or the one hashtag; none where the post is gone.")
    similarity: float = Field(description="Cosine to the photo.")
    share: float = Field(description="Part of the score, 0 to 1; 0 where the model has none.")


class Hashtag(Schema):
    """A hashtag as it is suggested."""

    tag: str = Field(description="Its key, without #.")
    display: str = Field(description="As it is written, without #.")
    score: float = Field(description="Probability that a person would give it to the photo.")
    tier: Literal["", "popular", "common", "specific", "rare"] = Field(description="Empty where it is not known.")
    status: Literal["normal", "generic", "spam", "restricted", "banned"]


class ExplainedHashtag(Hashtag):
    evidence: list[Evidence] = Field(description="Of the first ten of a ranking.")


class Ranking(Schema):
    """What one version of a model suggests."""

    version: str = Field(description="For example als:3.")
    kind: str
    label: str
    backbone: str
    hashtags: list[ExplainedHashtag]


class Pick(Schema):
    """One of the five."""

    tag: str
    display: str
    score: float
    why: str = Field(description="A sentence.")


class Answer(Schema):
    """What the models say of a photo."""

    rankings: list[Ranking]
    blend: list[Hashtag]
    five: list[Pick] = Field(description="The best set to post.")


class Upload(Schema):
    """A photo that was sent, without its answer."""

    id: UUID
    state: Literal["new", "working", "done", "failed"]
    name: str = Field(description="The file's name as it was sent.")
    width: int
    height: int
    created: datetime
    finished: datetime | None
    seconds: float | None = Field(description="From arrival to answer.")
    reason: str = Field(description="Why it failed, as a code.")
    message: str = Field(description="Why it failed, as a sentence.")
    answered_by: list[str] = Field(description="The versions that answered.")
    timings: dict[str, float] = Field(description="Milliseconds of each step.")
    url: str
    photo: str | None = Field(description="Address of the copy that is shown, once there is one.")


class AnsweredUpload(Upload):
    answer: Answer | None = Field(description="There once the state is done.")


class UploadList(Schema):
    count: int
    items: list[Upload]


class Opinion(Schema):
    """What belongs to a photo, in words with or without #."""

    model_config = ConfigDict(strict=True, json_schema_extra={"examples": [EXAMPLE]})

    kept: list[str] = Field(default_factory=list, max_length=MOST_WORDS, description="Suggested, and right.")
    dropped: list[str] = Field(default_factory=list, max_length=MOST_WORDS, description="Suggested, and wrong.")
    added: list[str] = Field(default_factory=list, max_length=MOST_WORDS, description="Right, and not suggested.")
    may_be_shown: bool = Field(False, description="Whether others may see the photo.")


class Receipt(Schema):
    """What is left of a contribution that is not open any more."""

    hashtags: list[str]
    learned: list[str] = Field(description="The versions that learned from it.")
    serving: list[str] = Field(description="Those of them that still serve, until the next training.")
    free_since: datetime | None = Field(description="Since when none of them serves.")


class Contribution(Schema):
    """What somebody said of a photo, and what became of that."""

    id: UUID
    upload: UUID | None = Field(description="None once the photo was deleted.")
    state: Literal["waiting", "approved", "rejected", "withdrawn"]
    message: str = Field(description="Why it stands so, in a sentence.")
    kept: list[str]
    dropped: list[str]
    added: list[str]
    held: list[str] = Field(description="New words that wait for a moderator.")
    may_be_shown: bool
    created: datetime
    decided: datetime | None
    withdrawn: datetime | None
    url: str


class ContributionWithReceipt(Contribution):
    receipt: Receipt | None = Field(description="There once it was withdrawn or rejected.")


class ContributionList(Schema):
    count: int
    items: list[Contribution]


class Version(Schema):
    """A trained version of a model."""

    id: int
    name: str = Field(description="For example als:3.")
    kind: str
    state: Literal["ready", "rejected", "broken", "pruned"]
    reason: str = Field(description="Why it does not serve, in a sentence.")
    serves: bool
    parent: int | None
    backbone: str = Field(description="Id and sha256 of the weights.")
    posts: int = Field(description="That it learned from.")
    hashtags: int = Field(description="That it knows.")
    seconds: float = Field(description="How long the training took.")
    created: datetime
    metrics: dict[str, Any] = Field(description="On the dev split; names that end in _ci are intervals of 95 %.")
    url: str


class VersionList(Schema):
    count: int
    items: list[Version]


class Model(Schema):
    """A kind of model."""

    kind: str
    label: str
    serving: Version | None
    since: datetime | None = Field(description="When that version came to serve.")


class Proposal(Schema):
    """A hashtag that begins with what was typed."""

    key: str
    display: str
    posts: int = Field(description="Posts of the corpus that carry it.")
