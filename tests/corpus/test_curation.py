"""What curators do to many rows at once: what it changes, what it writes down, and its undo."""

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from corpus import curation, hashtags
from corpus.curation import CurationError
from corpus.ingest import ensure_hashtags, ingest
from corpus.models import BulkChange, Hashtag, ImportRun, Post, Tagging
from tests.corpus.sources import raw


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("ann", is_staff=True)


@pytest.fixture
def posts(run: ImportRun) -> dict[str, Post]:
    """Four posts: a and b of the sea, c of the sea and the sun, d of snow."""
    ingest(run, [raw("a", "sea"), raw("b", "sea"), raw("c", "sea", "sun"), raw("d", "snow")])
    return {post.external_id: post for post in Post.objects.all()}


def tags(*words: str) -> list[hashtags.Tag]:
    return [hashtags.parse(word) for word in words]


def tags_of(post: Post) -> list[str]:
    return list(post.taggings.order_by("position").values_list("hashtag__key", flat=True))


def state() -> tuple[object, ...]:
    """Everything that a change may touch."""
    return (
        list(Post.objects.order_by("pk").values_list("pk", "status", "duplicate_of")),
        list(Hashtag.objects.order_by("pk").values()),
        list(Tagging.objects.order_by("pk").values_list()),
    )


def test_it_works(posts: dict[str, Post], user: User) -> None:
    before = state()
    change = curation.set_status(Post.objects.filter(hashtags__key="sea"), Post.Status.REJECTED, user)
    assert set(Post.objects.filter(status="rejected")) == {posts["a"], posts["b"], posts["c"]}
    assert (change.what, change.rows, change.user) == ("Rejected 3 posts", 3, user)
    assert curation.undo(change, user) == 3
    assert state() == before
    assert (change.undone_by, change.undone is not None) == (user, True)


def test_each_row_has_the_change_in_its_history(posts: dict[str, Post], user: User) -> None:
    change = curation.set_status(Post.objects.filter(external_id="a"), Post.Status.REJECTED, user)
    curation.undo(change, user)
    entries = LogEntry.objects.order_by("pk")
    assert [(entry.user, entry.get_edited_object()) for entry in entries] == [(user, posts["a"])] * 2
    assert [entry.get_change_message() for entry in entries] == ["Rejected 1 post", "Undone: Rejected 1 post"]


def test_rows_that_are_so_already_are_left_alone(posts: dict[str, Post], user: User) -> None:
    change = curation.set_status(Post.objects.all(), Post.Status.APPROVED, user)
    assert (change.rows, LogEntry.objects.count()) == (0, 0)


def test_what_changed_since_is_not_undone(posts: dict[str, Post], user: User) -> None:
    change = curation.set_status(Post.objects.all(), Post.Status.REJECTED, user)
    Post.objects.filter(external_id="a").update(status=Post.Status.PENDING)
    assert curation.undo(change, user) == 3
    assert dict(Post.objects.values_list("external_id", "status")) == {
        "a": "pending",
        "b": "approved",
        "c": "approved",
        "d": "approved",
    }


def test_changes_are_undone_one_after_the_other(posts: dict[str, Post], user: User) -> None:
    before = state()
    added = curation.add_hashtags(Post.objects.all(), tags("sky"), user)
    removed = curation.remove_hashtags(Post.objects.all(), tags("sky"), user)
    assert (curation.undo(removed, user), curation.undo(added, user)) == (4, 4)
    Hashtag.objects.get(key="sky").delete()
    assert state() == before


def test_an_undo_makes_no_circle_of_duplicates(posts: dict[str, Post], user: User) -> None:
    curation.merge(Post.objects.filter(external_id="a"), posts["b"], user)
    apart = curation.keep_apart(Post.objects.filter(external_id="a"), user)
    curation.merge(Post.objects.filter(external_id="b"), posts["a"], user)
    assert curation.undo(apart, user) == 0
    kept = dict(Post.objects.values_list("external_id", "duplicate_of__external_id"))
    assert kept == {"a": None, "b": "a", "c": None, "d": None}


def test_an_undo_makes_no_chain_of_aliases(posts: dict[str, Post], user: User) -> None:
    rows = Hashtag.objects.in_bulk(["sea", "sun", "snow"], field_name="key")
    curation.merge_hashtags(Hashtag.objects.filter(key="sea"), rows["sun"], user)
    apart = curation.separate_hashtags(Hashtag.objects.filter(key="sea"), user)
    curation.merge_hashtags(Hashtag.objects.filter(key="sun"), rows["snow"], user)
    assert curation.undo(apart, user) == 0
    assert dict(Hashtag.objects.values_list("key", "alias_of__key")) == {"sea": None, "sun": "snow", "snow": None}


def test_an_undo_passes_over_what_is_gone(posts: dict[str, Post], user: User) -> None:
    curation.merge(Post.objects.filter(external_id="a"), posts["b"], user)
    apart = curation.keep_apart(Post.objects.filter(external_id="a"), user)
    removed = curation.remove_hashtags(Post.objects.all(), tags("snow"), user)
    posts["b"].delete()
    Hashtag.objects.get(key="snow").delete()
    assert (curation.undo(removed, user), curation.undo(apart, user)) == (0, 0)


def test_a_hashtag_that_somebody_gave_again_is_not_restored(posts: dict[str, Post], user: User) -> None:
    removed = curation.remove_hashtags(Post.objects.all(), tags("sea"), user)
    curation.add_hashtags(Post.objects.filter(external_id="a"), tags("sea"), user)
    assert curation.undo(removed, user) == 2
    assert Tagging.objects.get(post=posts["a"]).origin == f"user:{user.pk}"


def test_exactly_the_named_hashtags_are_taken_away(posts: dict[str, Post], user: User) -> None:
    curation.merge_hashtags(Hashtag.objects.filter(key="sun"), Hashtag.objects.get(key="sea"), user)
    before = state()
    change = curation.remove_taggings(posts["c"], list(Hashtag.objects.filter(key="sea")), user)
    assert (tags_of(posts["c"]), tags_of(posts["a"])) == (["sun"], ["sea"])
    assert (change.what, change.rows) == ("#sea removed from 1 post", 1)
    curation.undo(change, user)
    assert state() == before


def test_nothing_is_undone_twice(posts: dict[str, Post], user: User) -> None:
    change = curation.set_status(Post.objects.all(), Post.Status.REJECTED, user)
    assert curation.last_change() == change
    curation.undo(change, user)
    with pytest.raises(CurationError, match="undone already"):
        curation.undo(BulkChange.objects.get(), user)
    assert curation.last_change() is None


def test_hashtags_are_added_behind_those_that_a_post_has(posts: dict[str, Post], user: User) -> None:
    before = state()
    change = curation.add_hashtags(Post.objects.exclude(external_id="d"), tags("Sun", "beach"), user)
    assert [tags_of(posts[name]) for name in "abcd"] == [
        ["sea", "sun", "beach"],
        ["sea", "sun", "beach"],
        ["sea", "sun", "beach"],
        ["snow"],
    ]
    added = Tagging.objects.get(post=posts["a"], hashtag__key="beach")
    assert (added.origin, added.source) == (f"user:{user.pk}", posts["a"].source)
    assert (change.what, change.rows) == ("#Sun, #beach added to 3 posts", 3)
    curation.undo(change, user)
    beach = Hashtag.objects.get(key="beach")
    assert not beach.taggings.exists()
    beach.delete()
    assert state() == before


def test_hashtags_are_removed_with_their_aliases_and_come_back_as_they_were(posts: dict[str, Post], user: User) -> None:
    curation.merge_hashtags(Hashtag.objects.filter(key="sun"), Hashtag.objects.get(key="sea"), user)
    before = state()
    change = curation.remove_hashtags(Post.objects.all(), tags("sea"), user)
    assert [tags_of(posts[name]) for name in "abcd"] == [[], [], [], ["snow"]]
    assert change.rows == 3
    curation.undo(change, user)
    assert state() == before


def test_duplicates_are_set_aside_with_their_own_duplicates(posts: dict[str, Post], user: User) -> None:
    curation.merge(Post.objects.filter(external_id="b"), posts["c"], user)
    before = state()
    change = curation.merge(Post.objects.filter(external_id__in="ac"), posts["a"], user)
    assert dict(Post.objects.values_list("external_id", "duplicate_of__external_id")) == {
        "a": None,
        "b": "a",
        "c": "a",
        "d": None,
    }
    curation.undo(change, user)
    assert state() == before


def test_the_kept_post_can_get_the_hashtags(posts: dict[str, Post], user: User) -> None:
    before = state()
    change = curation.merge(Post.objects.filter(external_id__in="cd"), posts["a"], user, give_tags=True)
    assert tags_of(posts["a"]) == ["sea", "sun", "snow"]
    assert posts["a"].taggings.get(hashtag__key="sun").origin == f"duplicate:{posts['c'].pk}"
    assert tags_of(posts["c"]) == ["sea", "sun"]
    curation.undo(change, user)
    assert state() == before


def test_a_duplicate_keeps_no_others(posts: dict[str, Post], user: User) -> None:
    curation.merge(Post.objects.filter(external_id="b"), posts["a"], user)
    with pytest.raises(CurationError, match="choose the post that is kept"):
        curation.merge(Post.objects.filter(external_id="c"), Post.objects.get(external_id="b"), user)


def test_duplicates_can_be_kept_apart(posts: dict[str, Post], user: User) -> None:
    curation.merge(Post.objects.filter(external_id="b"), posts["a"], user)
    before = state()
    change = curation.keep_apart(Post.objects.filter(external_id="b"), user)
    assert not Post.objects.exclude(duplicate_of=None).exists()
    curation.undo(change, user)
    assert state() == before


def test_a_status_says_who_and_when(posts: dict[str, Post], user: User) -> None:
    before = state()
    day, until = date(2026, 1, 2), date(2030, 1, 2)
    rows = Hashtag.objects.filter(key="snow")
    change = curation.set_hashtag_status(rows, Hashtag.Status.RESTRICTED, user, "a list", day, until)
    snow = rows.get()
    assert (snow.status, snow.status_source, snow.status_date, snow.status_until) == (
        "restricted",
        "a list",
        day,
        until,
    )
    assert snow.report == "reported restricted on 2026-01-02"
    curation.undo(change, user)
    assert state() == before


def test_merged_hashtags_take_their_aliases_along(posts: dict[str, Post], user: User) -> None:
    rows = Hashtag.objects.in_bulk(["sea", "sun", "snow"], field_name="key")
    curation.merge_hashtags(Hashtag.objects.filter(key="sun"), rows["snow"], user)
    before = state()
    change = curation.merge_hashtags(Hashtag.objects.filter(key__in=["snow", "sea"]), rows["sea"], user)
    assert dict(Hashtag.objects.values_list("key", "alias_of__key")) == {"sea": None, "sun": "sea", "snow": "sea"}
    assert set(Post.objects.tagged(rows["sea"].pk)) == set(posts.values())
    with pytest.raises(CurationError, match="#sun is an alias itself"):
        curation.merge_hashtags(Hashtag.objects.filter(key="sea"), Hashtag.objects.get(key="sun"), user)
    curation.undo(change, user)
    assert state() == before


def test_aliases_can_be_separated(posts: dict[str, Post], user: User) -> None:
    curation.merge_hashtags(Hashtag.objects.filter(key="sun"), Hashtag.objects.get(key="sea"), user)
    before = state()
    change = curation.separate_hashtags(Hashtag.objects.all(), user)
    assert (change.rows, Hashtag.objects.with_meaning().count()) == (1, 3)
    curation.undo(change, user)
    assert state() == before


def test_more_rows_than_one_statement_names(run: ImportRun, user: User) -> None:
    ensure_hashtags(tags("sea"))
    ingest(run, [raw(str(number), "sea") for number in range(1203)])
    before = state()
    changes = [
        curation.set_status(Post.objects.all(), Post.Status.PENDING, user),
        curation.add_hashtags(Post.objects.all(), tags("sky"), user),
        curation.remove_hashtags(Post.objects.all(), tags("sea"), user),
    ]
    assert [change.rows for change in changes] == [1203] * 3
    assert [curation.undo(change, user) for change in reversed(changes)] == [1203] * 3
    Hashtag.objects.get(key="sky").delete()
    assert state() == before
