"""The order of the curation queue: for each pending photo, how much the models would learn from a decision on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from corpus.models import Post
from predictor.learning import embeddings, snapshots, versions
from predictor.ml.artefact import ArtefactError
from predictor.ml.contract import Model, Progress, SuggestedTag, Vector, silent
from predictor.ml.weights import BackboneError
from predictor.models import ModelVersion

BATCH = 200  # posts a transaction
DEPTH = 10  # hashtags of each ranking that are compared
PERSISTENCE = 0.9  # of a reader who goes from one rank of a ranking to the next: the weight of deeper ranks
DECIMALS = 6
UNREADABLE = 0.0  # priority of a photo that cannot be opened: the models learn nothing from a decision on it


class ReviewError(Exception):
    """The queue cannot be put into order now; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Judge:
    """A serving version that is asked for its opinion."""

    version: ModelVersion
    model: Model
    width: int


def waiting() -> QuerySet[Post]:
    """Return the pending photos without a priority, oldest first."""
    return Post.objects.pending().with_photo().filter(review_priority=None).order_by("id")


def start_over() -> int:
    """Forget all priorities, since the versions that they came from do not serve any more; return how many went."""
    return Post.objects.exclude(review_priority=None).update(review_priority=None)


def prioritise(progress: Progress = silent, limit: int | None = None) -> int:
    """Give the pending photos that have none their priority, and return how many got one; `limit` is the most.

    Photos are embedded first where they are not. Every batch is stored as it is done, so the work can be stopped, taken
    up again, and done by two at once. Where other versions come to serve meanwhile, they judge the rest. Raises
    ReviewError where no version can judge.
    """
    left = list(waiting().values_list("pk", flat=True)[:limit])  # those that come later are not embedded yet
    names, judges, total, done = "", list[Judge](), len(left), 0
    while left:
        if not judges or names != versions.active_names():
            names = versions.active_names()
            judges = _judges(progress)
        batch = list(waiting().filter(pk__in=left[:BATCH]))
        values = _judge(batch, judges)
        with transaction.atomic():
            if names != versions.active_names():
                continue
            Post.objects.bulk_update(_with(batch, values), ["review_priority"])
        del left[:BATCH]
        done += len(batch)
        progress("Ordering the queue", 1 - len(left) / total)
    return done


def priority(rankings: Sequence[Sequence[SuggestedTag]], own: Sequence[str]) -> float:
    """Return the priority of a photo, 0 to 1: disagreement x novelty. `rankings` are the versions', `own` its hashtags.

    disagreement: the mean of two parts. One is how far the first two versions' rankings lie apart, 1 - their
    rank-biased overlap; it is left out where one version serves alone. The other is the share of the post's own
    hashtags that no version has among its first ten. novelty: 1 - the cosine of the photo to the most similar training
    photo among those that the first version (`als`) gives as evidence for its first ten; 1 where it gives none.

    So a photo comes first on which the models differ, whose hashtags surprise them, and that looks like nothing known.
    Source of the first part: "Query by Committee", Seung, Opper, Sompolinsky, COLT 1992.
    """
    listed = [[item.tag for item in ranking[:DEPTH]] for ranking in rankings]
    known = {tag for ranking in listed for tag in ranking}
    parts = [sum(tag not in known for tag in own) / len(own)] if own else []
    if len(listed) > 1:
        parts.append(1 - rank_biased_overlap(listed[0], listed[1]))
    cosines = [lead.similarity for item in rankings[0] for lead in item.evidence if lead.post is not None]
    novelty = min(1.0, 1 - max(cosines, default=0.0))
    return round(max(0.0, novelty) * sum(parts) / max(len(parts), 1), DECIMALS)


def rank_biased_overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """Return how alike two rankings are, 0 to 1, the first ranks weighing most.

    The sum over depths d of p^(d - 1) x (hashtags that both have in their first d) / d, divided by the same sum for two
    equal rankings. Source: Webber, Moffat, Zobel, "A Similarity Measure for Indefinite Rankings", ACM TOIS 2010.
    """
    depths = range(1, max(len(one), len(other)) + 1)
    weights = [PERSISTENCE ** (depth - 1) for depth in depths]
    shared = [len(set(one[:depth]) & set(other[:depth])) / depth for depth in depths]
    whole = sum(weights)
    return sum(weight * share for weight, share in zip(weights, shared, strict=True)) / whole if whole else 1.0


def _judges(progress: Progress) -> list[Judge]:
    """Open the serving versions, and embed what they have not seen; those that cannot be opened do not judge."""
    judges, problem = [], "There is no trained version yet. Run `manage.py train`, or start the site once."
    for version in versions.active().values():
        try:
            model = versions.open_version(version)
            embedder = embeddings.open_embedder(version.backbone_id)
        except (ArtefactError, BackboneError) as error:
            problem = str(error)
            continue
        if embedder.full_name != version.backbone:
            problem = f"Version {version} was trained on other weights of {embedder.backbone.label}."
            continue
        embeddings.embed_missing(embedder, progress)
        judges.append(Judge(version, model, embedder.backbone.width))
    if not judges:
        raise ReviewError(problem)
    return judges


def _judge(batch: list[Post], judges: list[Judge]) -> list[float]:
    ids = [post.pk for post in batch]
    own = {post.id: post.tags for post in snapshots.read_posts(Post.objects.filter(pk__in=ids))}
    seen = [(judge, _vectors(ids, judge)) for judge in judges]
    return [_priority([(judge.model, by_id.get(id)) for judge, by_id in seen], own.get(id, ())) for id in ids]


def _priority(seen: list[tuple[Model, Vector | None]], own: Sequence[str]) -> float:
    rankings = list[list[SuggestedTag]]()
    for model, vector in seen:
        if vector is not None:  # evidence costs as much as the ranking, and that of the first is enough
            rankings.append(model.suggest(vector, DEPTH, explain=0 if rankings else DEPTH))
    return priority(rankings, own) if rankings else UNREADABLE


def _vectors(ids: list[int], judge: Judge) -> dict[int, Vector]:
    loaded = embeddings.load(judge.version.backbone, ids, judge.width)
    return dict(zip(loaded.ids.tolist(), loaded.vectors, strict=True))


def _with(batch: list[Post], values: list[float]) -> list[Post]:
    for post, value in zip(batch, values, strict=True):
        post.review_priority = value
    return batch
