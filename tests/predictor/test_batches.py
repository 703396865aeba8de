"""What is new to a run: posts, contributions and hashtags that the version before it did not know."""

import pytest

from corpus.models import Post
from predictor.learning import batches, snapshots
from predictor.models import Contribution, ModelVersion, VersionHashtag
from tests.ml import toys
from tests.predictor.conftest import store

pytestmark = pytest.mark.django_db


def snapshot() -> snapshots.Snapshot:
    return snapshots.take(Post.objects.all(), toys.BACKBONE, toys.WIDTH)


def test_it_works() -> None:
    old = store(6)
    parent = ModelVersion.objects.create(kind="als", backbone=toys.BACKBONE, watermark=old[-1].pk, posts=6)
    known = {tag for post in snapshot().posts for tag in post.tags}
    VersionHashtag.objects.bulk_create(VersionHashtag(version=parent, tag=tag) for tag in known - {"sea"})
    new = store(2, name="other")
    given = Contribution.objects.create(state="approved", post=new[0], post_number=new[0].pk)
    Contribution.objects.create(state="approved", post=old[0], post_number=old[0].pk)
    old[1].delete()
    found = batches.describe(snapshot(), parent)
    assert (found["posts"], found["post_ids"]) == (2, [post.pk for post in new])
    assert (found["contributions"], found["contribution_ids"]) == (1, [str(given.pk)])
    assert (found["hashtags"], found["new_hashtags"]) == (1, ["sea"])
    assert found["gone"] == 1


def test_to_a_first_version_all_is_new() -> None:
    posts = store(6)
    found = batches.describe(snapshot(), None)
    assert (found["posts"], found["gone"]) == (len(posts), 0)


def test_long_lists_are_cut_and_counted() -> None:
    store(90)
    store(90, name="other")
    found = batches.describe(snapshot(), None)
    assert (found["posts"], len(found["post_ids"])) == (180, batches.LISTED)
