"""Between two trainings: what was approved joins the index of a version that serves, beside the version's own files.

The train queue embeds it (`extend`), what answers takes it in (`take_in`), and the next training learns from it.
"""

from corpus.models import Post
from corpus.models.posts import PostQuerySet
from predictor import embeddings, snapshots, versions
from predictor.ml.contract import Extendable, Model
from predictor.models import Contribution, ModelVersion


def extend() -> int:
    """Embed approved contributions for the backbones that serve, and return how many embeddings that made."""
    made = 0
    for version in versions.active().values():
        embedder = embeddings.open_embedder(version.backbone_id)
        if embedder.full_name == version.backbone:
            made += embeddings.embed_missing(embedder, among=_contributed())[0]
    return made


def take_in(version: ModelVersion, model: Model, width: int) -> int:
    """Let a model hold the embedded contributions that its version is too old for; return how many are new to it.

    `width` is that of its backbone's embeddings.
    """
    if not isinstance(model, Extendable):
        return 0
    posts = _contributed().filter(pk__gt=version.watermark, embeddings__backbone=version.backbone)
    new = sorted(set(posts.values_list("pk", flat=True)).difference(model.taken_in))
    if new:
        tagged = snapshots.read_posts(Post.objects.filter(pk__in=new))
        model.extend(tagged, embeddings.load(version.backbone, new, width))
        model.taken_in.update(new)
    return len(new)


def _contributed() -> PostQuerySet:
    """Approved contributions that are to be learned from, whether or not a training has admitted them yet."""
    given = Contribution.objects.approved().values("post")
    return Post.objects.approved().filter(split=Post.Split.TRAIN, pk__in=given)
