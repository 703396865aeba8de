"""Contributing: what is stored, who passes at once, and what is refused with a sentence."""

import shutil
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from corpus.models import Hashtag, Post, Source
from predictor.contributions import contributing
from predictor.contributions.contributing import ContributionError
from predictor.models import Contribution, Upload
from tests.contributions import Give, MakeAnswered


def tags_of(row: Contribution) -> list[str]:
    assert row.post is not None
    return list(row.post.taggings.values_list("hashtag__key", flat=True))


def test_it_works(ann: User, make_answered: MakeAnswered) -> None:
    upload = make_answered(ann)
    row = contributing.contribute(upload, ann, ["#Sea", "sun"], ["boat"], ["#Dünen", "beach"], True)
    row.refresh_from_db()
    assert (row.kept, row.dropped, row.added) == (["sea", "sun", "beach"], ["boat"], ["dünen"])
    assert (row.state, row.owner, row.upload, row.may_be_shown, row.post) == ("waiting", ann, upload, True, None)
    assert row.message == "It waits for a moderator."
    assert row.answered_by == "als:1 w2v:2"
    als, w2v = sorted(row.acceptance)
    assert row.acceptance[als] == {"shown": 3, "kept": [1, 2, 3], "dropped": []}
    assert row.acceptance[w2v] == {"shown": 3, "kept": [1], "dropped": [3]}
    assert not Post.objects.exists() and not Hashtag.objects.filter(key="dünen").exists()


def test_the_photo_outlives_the_upload(ann: User, make_answered: MakeAnswered) -> None:
    upload = make_answered(ann)
    row = contributing.contribute(upload, ann, ["sea"], [], [], False)
    content = upload.display_path.read_bytes()
    upload.display_path.unlink()
    upload.delete()
    row.refresh_from_db()
    assert row.upload is None and row.image_path.read_bytes() == content
    assert row.image_path.stat().st_mode & 0o777 == 0o600


def test_a_trusted_person_passes_at_once(trusted: list[User], make_answered: MakeAnswered) -> None:
    row = contributing.contribute(make_answered(trusted[0]), trusted[0], ["sea", "sun"], [], ["sand"], False)
    assert (row.state, row.decided_by, tags_of(row)) == ("approved", None, ["sea", "sun", "sand"])
    post = Post.objects.get()
    assert (post.source.name, post.source.kind, post.split) == ("contributions", Source.Kind.CONTRIBUTION, "train")
    assert (post.status, post.external_id, row.post_number) == ("approved", str(row.pk), post.pk)
    assert set(post.taggings.values_list("origin", flat=True)) == {f"user:{trusted[0].pk}"}
    assert post.image_path.is_file() and post.thumbnail_path.is_file()
    assert "learn from it with their next run" in row.message


def test_staff_pass_at_once(moderator: User, give: Give) -> None:
    assert give(moderator).state == "approved"


def test_somebody_who_is_not_trusted_any_more_waits(trusted: list[User], give: Give) -> None:
    trusted[0].groups.clear()
    assert give(trusted[0]).state == "waiting"


def test_without_an_account(give: Give) -> None:
    row = give(None)
    assert (row.state, row.owner, len(row.owner_token)) == ("waiting", None, 32)


def test_a_contradiction_is_settled(ann: User, make_answered: MakeAnswered) -> None:
    upload = make_answered(ann)
    row = contributing.contribute(upload, ann, ["sea", "sea"], ["sea", "Sun", "boat"], ["#SUN", "sun"], False)
    assert (row.kept, row.dropped, row.added) == (["sea", "sun"], ["boat"], [])
    assert row.message == "Both kept and dropped, which counts as kept: #sea, #sun. It waits for a moderator."


def test_what_was_not_suggested_cannot_be_dropped(ann: User, make_answered: MakeAnswered) -> None:
    row = contributing.contribute(make_answered(ann), ann, ["sea"], ["love", "sand"], [], False)
    assert row.dropped == ["sand"]


@pytest.mark.parametrize(
    ("kept", "added", "sentence"),
    [
        ([], [], "Tick or type at least one hashtag"),
        ([], [f"tag{n}" for n in range(31)], "These are 31 hashtags. A photo takes at most 30"),
        (["sea"], ["a-b!"], "a-b!: A hashtag cannot hold '!'"),
        (["sea"], ["bad\0word"], "badword: A hashtag cannot hold control characters"),
        (["sea"], ["x" * 5000], "A hashtag has at most 100 characters"),
        (["sea"], ["#FOUL", "fouler", "f4f"], "These hashtags are not taken here: #foul, #fouler, #f4f."),
    ],
)
def test_refusals(ann: User, make_answered: MakeAnswered, kept: list[str], added: list[str], sentence: str) -> None:
    foul = Hashtag.objects.create(key="foul", display="foul", status="banned")
    Hashtag.objects.create(key="fouler", display="fouler", alias_of=foul)
    Hashtag.objects.create(key="f4f", display="f4f", status="spam")
    upload = make_answered(ann)
    with pytest.raises(ContributionError) as refused:
        contributing.contribute(upload, ann, kept, [], added, False)
    assert sentence in str(refused.value) and len(str(refused.value)) < 200
    assert not Contribution.objects.exists() and not Hashtag.objects.filter(key="tag1").exists()


def test_somebody_elses_photo(ann: User, moderator: User, make_answered: MakeAnswered) -> None:
    for person in (moderator, None):
        with pytest.raises(ContributionError, match="somebody else's photo"):
            contributing.contribute(make_answered(ann), person, ["sea"], [], [], False)


def test_a_photo_that_is_gone(ann: User, make_answered: MakeAnswered) -> None:
    waiting, fileless, expired = (make_answered(ann) for _ in range(3))
    waiting.state = Upload.State.WORKING
    fileless.display_path.unlink()
    Upload.objects.filter(pk=expired.pk).delete()
    for upload in (waiting, fileless, expired):
        with pytest.raises(ContributionError, match="The photo is not here any more"):
            contributing.contribute(upload, ann, ["sea"], [], [], False)
    assert not Contribution.objects.exists()


def test_one_open_contribution_for_each_upload(ann: User, make_answered: MakeAnswered, home: Path) -> None:
    upload = make_answered(ann)
    first = contributing.contribute(upload, ann, ["sea"], [], [], False)
    with pytest.raises(ContributionError, match="You have said already what belongs to this photo"):
        contributing.contribute(upload, ann, ["sun"], [], [], False)
    assert [file.stem for file in (home / "media" / "contributions").rglob("*.jpg")] == [str(first.pk)]
    contributing.withdraw(first)
    assert contributing.contribute(upload, ann, ["sun"], [], [], False).state == "waiting"


def test_a_giver_cannot_fill_the_queue(ann: User, give: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contributing, "WAITING_MOST", 2)
    give(ann), give(ann)
    with pytest.raises(ContributionError, match="2 of your contributions wait already"):
        give(ann)
    assert give(None).state == give(None).state == "waiting"


def test_a_full_disk(ann: User, make_answered: MakeAnswered, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    upload = make_answered(ann)
    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(OSError, match="No space"):
        contributing.contribute(upload, ann, ["sea"], [], [], False)
    assert not Contribution.objects.exists()
    assert not [file for file in (home / "media").rglob("*") if file.is_file() and "uploads" not in file.parts]
