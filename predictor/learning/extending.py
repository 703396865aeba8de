"""Between two trainings: what was approved joins the index of a version that serves, beside the version's own files.

The sweeper has it embedded (`extend`), what answers takes it in (`take_in`), and the next training learns from it.
"""

import logging

from corpus.models import Post
from corpus.models.posts import PostQuerySet
from predictor.learning import admitting, embeddings, snapshots, versions
from predictor.ml.contract import Extendable, Model, ModelError, TaggedPost
from predictor.models import Contribution, ModelVersion

MOST = 2000  # posts that join an index; what is more comes with the next training

logger = logging.getLogger(__name__)


def extend() -> int:
    """Embed for the backbones that serve what is to join their versions; return how many embeddings that made."""
    made = 0
    for version in versions.active().values():
        embedder = embeddings.open_embedder(version.backbone_id)
        if embedder.full_name == version.backbone:
            made += embeddings.embed_missing(embedder, among=_due(version))[0]
    return made


def take_in(version: ModelVersion, model: Model, width: int) -> int:
    """Let a model hold the embedded contributions that its version is too old for, as they are now: new ones come,
    changed ones are replaced, ones that were withdrawn go. Return how many that were.

    `width` is that of its backbone's embeddings.
    """
    if not isinstance(model, Extendable):
        return 0
    posts = snapshots.read_posts(_due(version).filter(embeddings__backbone=version.backbone))
    present = {post.id: post.tags for post in posts}
    changed = [post for post in posts if model.taken_in.get(post.id) != post.tags]
    gone = [TaggedPost(id, ()) for id in model.taken_in if id not in present]
    if changed or gone:
        try:
            seen = embeddings.load(version.backbone, [post.id for post in changed], width)
            model.extend([*changed, *gone], seen)
        except (ModelError, ValueError) as error:  # a broken disk; the next training makes such embeddings anew
            logger.warning("No contributions can be taken in beside %s: %s", version, error)
            return 0
        model.taken_in = present
        logger.info("Beside %s: %d contributions came, changed or went.", version, len(changed) + len(gone))
    return len(changed) + len(gone)


def _due(version: ModelVersion) -> PostQuerySet:
    """Posts that a version is too old for: of what was contributed, what training has admitted or would admit now."""
    given = Contribution.objects.approved().filter(post__gt=version.watermark)
    admitted = given.exclude(admitted=None).values_list("post", flat=True)
    coming = [post for _, post in admitting.next_batch() if post > version.watermark]
    first = sorted([*admitted, *coming])[:MOST]
    return Post.objects.approved().filter(split=Post.Split.TRAIN, pk__in=first)
