"""Whose contributions training takes up: all of a small batch, and of a large one a fifth of each giver at most."""

from collections import Counter

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from corpus.models import Post, Source
from predictor.learning import admitting, snapshots
from predictor.models import Contribution


def give(person: User | None, number: int, token: str = "", **post: object) -> None:
    """Store approved contributions."""
    source, _ = Source.objects.get_or_create(name="contributions", defaults={"kind": Source.Kind.CONTRIBUTION})
    first = Post.objects.count()
    fields = {"status": Post.Status.APPROVED, "image": "x.jpg", **post}
    posts = Post.objects.bulk_create(Post(source=source, external_id=str(first + n), **fields) for n in range(number))
    Contribution.objects.bulk_create(
        Contribution(
            owner=person, owner_token=token, post=one, post_number=one.pk, state="approved", decided=timezone.now()
        )
        for one in posts
    )


def learned() -> Counter[str]:
    """Count the posts that training would learn from, by their giver."""
    rows = Contribution.objects.filter(post__in=snapshots.training_posts()).select_related("owner")
    return Counter(row.owner.username if row.owner else row.owner_token for row in rows)


def test_it_works(ann: User, trusted: list[User]) -> None:
    give(ann, 60)
    for person in trusted:
        give(person, 20)
    assert not learned()
    assert admitting.admit() == 40
    assert learned() == {"ann": 10, "tia": 10, "tom": 10, "tess": 10}


def test_a_small_batch_is_taken_whole(ann: User, trusted: list[User]) -> None:
    give(ann, 45)
    give(trusted[0], 4)
    assert (admitting.admit(), learned()) == (49, {"ann": 45, "tia": 4})


def test_what_is_left_comes_with_a_later_batch(ann: User) -> None:
    give(ann, 52)
    assert admitting.admit() == 10
    first = set(snapshots.training_posts())
    assert first == set(Post.objects.order_by("pk")[:10])
    assert admitting.admit() == 42  # a batch of its own by now
    assert first < set(snapshots.training_posts())
    assert admitting.admit() == 0


def test_ten_thousand_of_one_account(ann: User, trusted: list[User]) -> None:
    give(ann, 10_000)
    for person in trusted:
        give(person, 5)
    admitting.admit()
    assert learned() == {"ann": 10, "tia": 5, "tom": 5, "tess": 5}


def test_a_browser_session_is_a_giver_too(db: None) -> None:
    for token in "abcdefgh":
        give(None, 10, token)
    give(None, 100, "z")
    assert admitting.admit() == 100
    assert learned() == {**dict.fromkeys("abcdefgh", 10), "z": 20}


def test_what_training_could_not_learn_from_is_not_in_the_batch(ann: User, trusted: list[User]) -> None:
    give(ann, 1)
    give(trusted[0], 60, duplicate_of=Post.objects.get())
    give(trusted[0], 60, status=Post.Status.REJECTED)
    give(trusted[1], 60, split=Post.Split.DEV)
    assert (admitting.admit(), learned()) == (1, {"ann": 1})


@pytest.mark.parametrize("counts", [[50], [30, 30], [100, 100, 100, 3], [10] * 5, [40] * 9, [1] * 60, [500, 1, 1, 80]])
def test_nobody_has_more_than_a_fifth_of_the_batch(counts: list[int]) -> None:
    givers = [str(giver) for giver, number in enumerate(counts) for _ in range(number)]
    taken = Counter(givers[place] for place in admitting.within_share(givers))
    assert max(taken.values()) <= len(givers) / 5
    assert max(taken.values()) == 10 or max(taken.values()) <= taken.total() / 5
