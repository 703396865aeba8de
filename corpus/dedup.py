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
    fresh: dict[int, Post] = {}
    changed = []
    for post, hashes in photos:
        twin_id = same.setdefault(post.sha256, post.pk)
        near = index.find(hashes) if twin_id == post.pk else twin_id
        if near is not None and (twin := fresh.get(near) or Post.objects.filter(pk=near).first()):
            _decide(post, twin, counts)
            changed.append(post)
        fresh[post.pk] = post
        index.add(post.pk, hashes)
    Post.objects.bulk_update(changed, ["looks_like", "duplicate_of", "split"])


def _same_bytes(posts: Iterable[Post]) -> dict[str, int]:
    """Return the first older post of each of the pictures that has one, by sha256."""
    new = {post.pk: post.sha256 for post in posts}
    older = Post.objects.filter(sha256__in=set(new.values()), pk__lt=min(new)).order_by("-pk")
    return dict(older.values_list("sha256", "pk"))


def _decide(post: Post, twin: Post, counts: Counts) -> None:
    """Write on a new post whose picture it has, and whether it is set aside.

    A split that the source gives is honoured untouched: duplicates inside such a source are listed, and a post with a
    given split takes the place of one whose split was drawn here. Otherwise the older post is kept, and a drawn split
    follows it, so that one picture never stands on two sides.
    """
    post.looks_like_id = twin.looks_like_id or twin.pk
    kept = twin if twin.duplicate_of is None else twin.duplicate_of
    if post.split_given and twin.split_given and twin.source_id == post.source_id:
        counts.pair(post.external_id, twin.external_id, set_aside=False)
        return
    counts.pair(post.external_id, twin.external_id, set_aside=True)
    if post.split_given and not kept.split_given:
        group = Post.objects.filter(Q(pk=kept.pk) | Q(duplicate_of=kept.pk))
        group.update(duplicate_of=post)
        group.model.objects.filter(duplicate_of=post, split_given=False).update(split=post.split)
        kept.duplicate_of = post
        return
    post.duplicate_of_id = kept.pk
    if not post.split_given:
        post.split = kept.split
