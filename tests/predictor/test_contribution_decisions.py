"""Deciding on contributions: approval, rejection, withdrawal, duplicates, and how new words become known."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from corpus import pictures
from corpus.models import Hashtag, Post, Source
from predictor.contributions import contributing, receipts
from predictor.contributions.contributing import ContributionError
from predictor.learning import snapshots, versions
from predictor.models import Contribution, ModelVersion, PostEmbedding
from tests.contributions import Give
from tests.predictor.test_contribute import tags_of


def files(home: Path, folder: str) -> list[Path]:
    return [file for file in (home / "media" / folder).rglob("*") if file.is_file()]


def test_it_works(ann: User, moderator: User, give: Give) -> None:
    row = contributing.approve(give(ann, "dünen"), moderator)
    assert (row.state, row.decided_by, row.held, tags_of(row)) == ("approved", moderator, [], ["sea", "dünen"])
    assert row.decided is not None and row.origin == f"user:{ann.pk}"
    assert Hashtag.objects.filter(key="dünen").exists()


def test_an_approval_twice(ann: User, moderator: User, give: Give) -> None:
    row = give(ann)
    contributing.approve(row, moderator)
    with pytest.raises(ContributionError, match="decided on or withdrawn meanwhile"):
        contributing.approve(row, moderator)
    assert Post.objects.count() == 1


def test_an_approval_by_nobody_needs_trust(ann: User, give: Give) -> None:
    with pytest.raises(ContributionError, match="It waits for a moderator"):
        contributing.approve(give(ann), None)
    assert not Post.objects.exists()


def test_a_word_that_was_banned_meanwhile(ann: User, moderator: User, give: Give) -> None:
    row, only = give(ann, "boat"), give(ann, kept=("boat",))
    Hashtag.objects.filter(key="boat").update(status="banned")
    row = contributing.approve(row, moderator)
    assert tags_of(row) == ["sea"] and "not taken here: #boat" in row.message
    with pytest.raises(ContributionError, match="None of its hashtags may be used"):
        contributing.approve(only, moderator)
    only.refresh_from_db()
    assert only.state == "waiting" and Post.objects.count() == 1


def test_a_photo_that_was_deleted_by_hand(ann: User, moderator: User, give: Give) -> None:
    row = give(ann)
    row.image_path.unlink()
    with pytest.raises(ContributionError, match="cannot be read any more"):
        contributing.approve(row, moderator)
    assert contributing.reject(row, moderator, "No photo.").state == "rejected"


def test_new_words_are_held_back(trusted: list[User], give: Give) -> None:
    row = give(trusted[0], "dünen")
    assert (row.state, row.held, tags_of(row)) == ("approved", ["dünen"], ["sea"])
    assert "#dünen" in row.message and not Hashtag.objects.filter(key="dünen").exists()


def test_three_trusted_people_make_a_word_known(trusted: list[User], ann: User, give: Give) -> None:
    first, again, second = give(trusted[0], "dünen"), give(trusted[0], "dünen"), give(trusted[1], "dünen")
    give(ann, "dünen")  # not trusted: does not count
    assert not Hashtag.objects.filter(key="dünen").exists()
    third = give(trusted[2], "dünen")
    for row in (first, again, second, third):
        row.refresh_from_db()
        assert row.held == [] and tags_of(row) == ["sea", "dünen"]
    origins = Hashtag.objects.get(key="dünen").taggings.values_list("origin", flat=True)
    assert {f"user:{person.pk}" for person in trusted} == set(origins)


def test_words_of_people_who_lost_their_trust_do_not_count(trusted: list[User], give: Give) -> None:
    give(trusted[0], "dünen"), give(trusted[1], "dünen")
    trusted[0].groups.clear()
    give(trusted[2], "dünen")
    assert not Hashtag.objects.filter(key="dünen").exists()


def test_nothing_but_new_words_waits_until_they_are_known(trusted: list[User], give: Give) -> None:
    first, second, third = (give(person, "dünen", kept=()) for person in trusted[:2] + trusted[:1])
    assert (first.state, first.held) == ("waiting", ["dünen"]) and "All of its hashtags are new" in first.message
    fourth = give(trusted[2], "dünen", kept=())
    for row in (first, second, third, fourth):
        row.refresh_from_db()
        assert row.state == "approved" and tags_of(row) == ["dünen"]


def test_a_moderator_lets_words_in(trusted: list[User], ann: User, moderator: User, give: Give) -> None:
    waiting, held = give(trusted[0], "heide", kept=()), give(trusted[1], "dünen", "heide")
    contributing.approve(give(ann, "heide"), moderator)
    for row in (waiting, held):
        row.refresh_from_db()
    assert (waiting.state, held.held, tags_of(held)) == ("approved", ["dünen"], ["sea", "heide"])
    held = contributing.approve(held, moderator)
    assert held.held == [] and tags_of(held) == ["sea", "heide", "dünen"]


def test_the_same_photo_again_is_set_aside(trusted: list[User], give: Give) -> None:
    first = give(trusted[0], seed=7)
    same, near = give(trusted[1], seed=7), give(trusted[2], seed=7, quality=60)
    for row in (same, near):
        assert row.post is not None and row.post.duplicate_of_id == first.post_number
        assert f"The corpus has this photo already (post {first.post_number})" in row.message


@pytest.mark.parametrize("split", ["dev", "test"])
def test_a_photo_of_another_split_is_stored_and_not_trained_on(trusted: list[User], give: Give, split: str) -> None:
    first = give(trusted[0], seed=7)
    Post.objects.update(split=split)
    Contribution.objects.update(admitted=first.created)
    again = give(trusted[1], seed=7, quality=60)
    Contribution.objects.update(admitted=first.created)
    assert Post.objects.count() == 2 and not snapshots.training_posts().exists()
    assert again.post is not None and again.post.split == split
    assert list(snapshots.evaluation_posts(split)) == [first.post]


def test_the_name_of_the_source_is_taken(trusted: list[User], give: Give) -> None:
    Source.objects.create(name="contributions", kind=Source.Kind.FOLDER)
    row = give(trusted[0])
    assert row.state == "waiting"
    with pytest.raises(ContributionError, match="choose another name"):
        contributing.approve(row, None)


def test_a_full_disk_leaves_it_waiting(
    trusted: list[User], moderator: User, give: Give, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(pictures, "keep", full)
        row = give(trusted[0])
        assert row.state == "waiting" and not Post.objects.exists()
        passed, refused = contributing.approve_all([row], moderator)
        assert passed == [] and "no room" in refused[0]
    assert contributing.approve(row, moderator).post is not None


def test_rejection(ann: User, trusted: list[User], moderator: User, give: Give, home: Path) -> None:
    waiting, approved = give(ann), give(trusted[0])
    for row in (waiting, approved):
        row = contributing.reject(row, moderator, "It shows a stranger.")
        assert (row.state, row.message, row.decided_by) == ("rejected", "It shows a stranger.", moderator)
    assert not Post.objects.exists() and not files(home, "contributions") and not files(home, "posts")
    with pytest.raises(ContributionError):
        contributing.reject(waiting, moderator, "Again.")


def test_withdrawal(trusted: list[User], give: Give, home: Path) -> None:
    row, other = give(trusted[0]), give(trusted[0])
    post = row.post
    assert post is not None
    PostEmbedding.objects.create(post=post, backbone="x", vector=b"")
    row = contributing.withdraw(row)
    assert (row.state, row.post, row.image, row.kept) == ("withdrawn", None, "", ["sea"])
    assert list(Post.objects.all()) == [other.post] and not PostEmbedding.objects.exists()
    assert not post.image_path.exists() and not post.thumbnail_path.exists()
    assert [file.stem for file in files(home, "contributions")] == [str(other.pk)]
    with pytest.raises(ContributionError):
        contributing.withdraw(row)


def test_a_withdrawn_photo_makes_room_for_its_twin(trusted: list[User], give: Give) -> None:
    first, twin = give(trusted[0], seed=7), give(trusted[1], seed=7)
    contributing.withdraw(first)
    assert list(Post.objects.approved()) == [twin.post]
    post = Post.objects.get()
    assert post.image_path.is_file() and post.thumbnail_path.is_file()


def test_the_receipt(trusted: list[User], give: Give, versions: dict[str, ModelVersion]) -> None:
    row = give(trusted[0])
    Contribution.objects.filter(pk=row.pk).update(admitted=row.created)
    row.refresh_from_db()
    ModelVersion.objects.filter(kind="als").update(watermark=row.post_number)
    row = contributing.withdraw(row)
    receipt = receipts.receipt(row)
    assert (receipt.hashtags, receipt.learned, receipt.serving) == (["sea"], [versions["als"]], [versions["als"]])
    assert receipt.free_since is None
    follow(versions["als"], watermark=row.post_number, parameters={"withdrawn": [row.post_number]})
    receipt = receipts.receipt(row)
    assert (receipt.learned, receipt.serving) == ([versions["als"]], [])
    assert receipt.free_since is not None and row.withdrawn is not None and receipt.free_since >= row.withdrawn


def test_the_receipt_of_what_no_version_had(trusted: list[User], ann: User, give: Give) -> None:
    for row in (give(ann), give(trusted[0])):
        ModelVersion.objects.update(watermark=1000)
        receipt = receipts.receipt(contributing.withdraw(row))
        assert (receipt.learned, receipt.serving, receipt.free_since) == ([], [], None)


def follow(version: ModelVersion, **fields: object) -> None:
    """Let another version serve instead."""
    follower = ModelVersion.objects.create(
        kind=version.kind, backbone=version.backbone, parent=version, manifest_sha256="b" * 64, **fields
    )
    assert versions.activate(follower, version)
