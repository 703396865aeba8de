"""Which posts show the same picture, and which of them is set aside for it.

What is found stays on `Post.looks_like`; what follows from it, `Post.duplicate_of`, can be taken back by a curator.
"""

from collections.abc import Iterable, Sequence

from django.db.models import Q

from corpus.counts import Counts
from corpus.hash_index import HashIndex
from corpus.images import PhotoHashes
from corpus.models import Post


def settle(photos: Sequence[tuple[Post, PhotoHashes]], index: HashIndex, counts: Counts) -> None:
    """Find the twins of posts that were just stored, in order, and write what follows. Runs in their transaction."""
    if not photos:
        return
    index.refresh(before=min(post.pk for post, _ in photos))
    same = _same_bytes(post for post, _ in photos)
    for post, hashes in photos:
        older = same.setdefault(post.sha256, post.pk)
        near = index.find(hashes) if older == post.pk else older
        if near is not None and (twin := Post.objects.select_related("duplicate_of").filter(pk=near).first()):
            _decide(post, twin, counts)
        index.add(post.pk, hashes)


def _same_bytes(posts: Iterable[Post]) -> dict[str, int]:
    """Return the first older post of each of the pictures that has one, by sha256."""
    new = {post.pk: post.sha256 for post in posts}
    older = Post.objects.filter(sha256__in=set(new.values()), pk__lt=min(new)).order_by("-pk")
    return dict(older.values_list("sha256", "pk"))


def _decide(post: Post, twin: Post, counts: Counts) -> None:
    """Write on a new post whose picture it has, and which of the two is set aside.

    A given split is honoured untouched: duplicates inside a source that gives them are listed and kept. A drawn split
    follows the post that is kept, so that one picture never stands on two sides.
    """
    post.looks_like_id = twin.looks_like_id or twin.pk
    kept = twin.duplicate_of or twin
    listed = post.split_given and twin.split_given and twin.source_id == post.source_id
    if not listed:
        post.split = post.split if post.split_given else kept.split
        if _takes_the_place(post, kept):
            group = Post.objects.filter(Q(pk=kept.pk) | Q(duplicate_of=kept.pk))
            Post.objects.filter(pk__in=list(group.values_list("pk", flat=True))).update(duplicate_of=post)
            Post.objects.filter(duplicate_of=post, split_given=False).update(split=post.split)
        else:
            post.duplicate_of_id = kept.pk
    counts.pair(post.external_id, twin.external_id, set_aside=not listed)
    post.save(update_fields=["looks_like", "duplicate_of", "split"])


def _takes_the_place(post: Post, kept: Post) -> bool:
    """Whether a new post is kept instead: its split is given, or it counts at once, and the older one does not so.

    What a curator has rejected stays rejected, also where its picture comes again.
    """
    if post.split_given != kept.split_given:
        return post.split_given
    return post.status == Post.Status.APPROVED and kept.status == Post.Status.PENDING
