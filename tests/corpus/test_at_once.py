"""Two people, or a person and an import, at the same rows. SQLite lets one write at a time; PostgreSQL does not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections

from corpus import curation, hashtags
from corpus.curation import CurationError
from corpus.ingest import ingest, open_run
from corpus.models import BulkChange, Hashtag, ImportRun, Post, Source, Tagging
from tests.corpus.sources import raw

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="DATABASE_URL names no PostgreSQL"),
]
ROUNDS = 10


@pytest.fixture
def user() -> User:
    return User.objects.create_user("ann", is_staff=True)


def both(*tasks: Callable[[], object]) -> list[object]:
    """Run tasks in threads that start together, and return what each returned or raised of our own errors."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> object:
        try:
            start.wait()
            return task()
        except CurationError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as threads:
        return list(threads.map(run, tasks))


def make(*names: str) -> list[Post]:
    run = open_run("mine", Source.Kind.FOLDER)
    ingest(run, [raw(name) for name in names], status=Post.Status.PENDING)
    return [Post.objects.get(external_id=name) for name in names]


def test_of_two_verdicts_one_counts(user: User) -> None:
    for number in range(ROUNDS):
        (post,) = make(str(number))

        def decide(status: str, pk: int = post.pk) -> BulkChange:
            return curation.set_status(Post.objects.pending().filter(pk=pk), status, user)

        both(lambda: decide("approved"), lambda: decide("rejected"))
        assert sorted(BulkChange.objects.order_by("-pk").values_list("rows", flat=True)[:2]) == [0, 1]


def test_two_merges_make_no_circle(user: User) -> None:
    for number in range(ROUNDS):
        a, b = make(f"a{number}", f"b{number}")

        def merge(post: Post, into: Post) -> BulkChange:
            return curation.merge(Post.objects.filter(pk=post.pk), into, user)

        said = both(lambda: merge(a, b), lambda: merge(b, a))  # noqa: B023, both end before the next round
        assert sum(isinstance(answer, CurationError) for answer in said) == 1
        assert Post.objects.filter(pk__in=[a.pk, b.pk], duplicate_of=None).count() == 1


def test_a_hashtag_is_added_once(user: User) -> None:
    for number in range(ROUNDS):
        (post,) = make(str(number))
        tag = hashtags.parse(f"new{number}")

        def add(pk: int = post.pk, tag: hashtags.Tag = tag) -> BulkChange:
            return curation.add_hashtags(Post.objects.filter(pk=pk), [tag], user)

        both(add, add)
        assert Tagging.objects.filter(post=post, hashtag__key=tag.key).count() == 1


def test_a_curator_and_an_import_bring_the_same_hashtag(user: User) -> None:
    (post,) = make("first")
    for number in range(ROUNDS):
        run = ImportRun.objects.create(source=post.source)
        words = [f"x{number}", f"y{number}"]

        def add(words: list[str] = words) -> BulkChange:
            return curation.add_hashtags(Post.objects.filter(pk=post.pk), [hashtags.parse(w) for w in words], user)

        def bring(number: int = number, run: ImportRun = run, words: list[str] = words) -> object:
            return ingest(run, [raw(f"later{number}", *reversed(words))])

        both(add, bring)
        assert Hashtag.objects.filter(key__in=words, taggings__post__external_id=f"later{number}").count() == 2
