"""The order of the curation queue: what makes a photo come first, and that the work survives stops and new versions."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from django.conf import settings
from PIL import Image

from corpus.hashtags import Tag
from corpus.ingest import ensure_hashtags
from corpus.models import Hashtag, Post, Source, Tagging
from predictor import jobs
from predictor.learning import embeddings, reviewing, versions
from predictor.ml.artefact import ArtefactError
from predictor.ml.contract import Evidence, SuggestedTag, Vector
from predictor.ml.weights import BackboneError
from predictor.models import ModelVersion, PostEmbedding
from tests.ml import toys
from tests.predictor.conftest import serve, store, train

pytestmark = pytest.mark.django_db


def pend(vector: Vector | None, *tags: str, image: str = "posts/toy.jpg", status: str = "pending") -> Post:
    """Store a post that waits for a curator, with an embedding unless that is None."""
    source, _ = Source.objects.get_or_create(name="pending", defaults={"kind": Source.Kind.FOLDER})
    post = Post.objects.create(source=source, external_id=str(Post.objects.count()), image=image, status=status)
    known = ensure_hashtags(Tag(tag, tag) for tag in tags)
    for place, tag in enumerate(tags):
        Tagging.objects.create(post=post, hashtag=known[tag], position=place, source=source, origin="test")
    if vector is not None:
        PostEmbedding.objects.create(post=post, backbone=toys.BACKBONE, vector=embeddings.to_blob(vector))
    return post


def priority_of(post: Post) -> float | None:
    post.refresh_from_db()
    return post.review_priority


def ranking(*tags: str, cosine: float = 0.0) -> list[SuggestedTag]:
    return [SuggestedTag(tag, 1.0, 0.1, evidence=(Evidence(cosine, 0.5, post=1),)) for tag in tags]


def test_it_works(serving: dict[str, ModelVersion]) -> None:
    sea, city = toys.photo(0, 1), toys.photo(1, 1)
    seaside = (sea + city / 2).astype(np.float32)  # hardly less like the sea than the training photos
    usual = pend(seaside, "sea", "beach")
    mislabelled = pend(seaside, "zebra", "plaid")
    strange = pend((sea + city).astype(np.float32), "zebra", "plaid")
    assert reviewing.prioritise() == 3
    low, middle, high = (priority_of(post) for post in (usual, mislabelled, strange))
    assert low is not None and middle is not None and high is not None
    assert 0 <= low < middle < high <= 1
    assert list(Post.objects.pending()) == [strange, mislabelled, usual]


def test_novelty_is_the_distance_to_the_nearest_training_photo() -> None:
    rankings = [ranking("a", cosine=0.2) + ranking("b", cosine=0.75), ranking("c", cosine=0.99)]
    assert reviewing.priority(rankings, ["z"]) == 0.25
    assert reviewing.priority([ranking("a", cosine=-0.5)], ["z"]) == 1
    assert reviewing.priority([ranking("a", cosine=1.0000001)], ["z"]) == 0
    assert reviewing.priority([[SuggestedTag("a", 1.0, 0.1, evidence=(Evidence(0.9, 1.0, tag="b"),))]], ["z"]) == 1


def test_disagreement_is_between_the_versions_and_with_the_post() -> None:
    one, other = ranking("a", "b"), ranking("c", "d")
    assert reviewing.priority([one, other], ["z"]) == 1
    assert reviewing.priority([one, one], ["a"]) == 0
    assert reviewing.priority([one, other], ["a", "c"]) == 0.5
    assert reviewing.priority([one, one], ["a", "z"]) == 0.25
    assert reviewing.priority([one, other], []) == 1
    assert reviewing.priority([one], ["a", "b", "y", "z"]) == 0.5
    assert reviewing.priority([one], []) == 0


def test_rank_biased_overlap() -> None:
    overlap = reviewing.rank_biased_overlap
    assert overlap("abc", "abc") == pytest.approx(1)
    assert overlap("abc", "xyz") == 0
    assert overlap("ab", "ba") == pytest.approx(0.9 / 1.9)
    assert overlap("abcx", "abcy") > overlap("xabc", "yabc")  # first ranks weigh more
    assert overlap("", "") == 1 and overlap("ab", "") == 0


def test_others_are_left_alone(serving: dict[str, ModelVersion]) -> None:
    approved = pend(toys.photo(0, 1), "sea", status="approved")
    tags_alone = pend(None, "sea", image="")
    duplicate = pend(toys.photo(0, 1), "sea")
    Post.objects.filter(pk=duplicate.pk).update(duplicate_of=approved)
    done = pend(toys.photo(0, 1), "sea")
    Post.objects.filter(pk=done.pk).update(review_priority=0.5)
    assert reviewing.prioritise() == 0
    assert [priority_of(post) for post in (approved, tags_alone, duplicate, done)] == [None, None, None, 0.5]


def test_photos_are_embedded_first(serving: dict[str, ModelVersion]) -> None:
    (settings.MEDIA_ROOT / "posts").mkdir()
    Image.new("RGB", (64, 64), "blue").save(settings.MEDIA_ROOT / "posts" / "blue.jpg")
    post = pend(None, "food", "cake", image="posts/blue.jpg")
    broken = pend(None, "food", image="posts/gone.jpg")
    stages: list[str] = []
    assert reviewing.prioritise(lambda stage, done: stages.append(stage)) == 2
    assert PostEmbedding.objects.get().post == post
    assert priority_of(post) is not None
    assert priority_of(broken) == reviewing.UNREADABLE
    assert stages[-1] == "Ordering the queue"


def test_banned_hashtags_and_aliases_of_a_post(serving: dict[str, ModelVersion]) -> None:
    plain = pend(toys.photo(0, 1), "sea")
    post = pend(toys.photo(0, 1), "ocean", "spam")
    Hashtag.objects.filter(key="spam").update(status="banned")
    Hashtag.objects.filter(key="ocean").update(alias_of=Hashtag.objects.get(key="sea"))
    reviewing.prioritise()
    assert priority_of(post) == priority_of(plain)


def test_it_can_be_stopped_and_taken_up_again(
    serving: dict[str, ModelVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = [pend(toys.photo(number % 3, number), "sea") for number in range(5)]
    monkeypatch.setattr(reviewing, "BATCH", 2)

    def stop(stage: str, done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reviewing.prioritise(stop)
    assert [priority_of(post) is None for post in posts] == [False, False, True, True, True]
    assert reviewing.prioritise(limit=2) == 2
    assert priority_of(posts[4]) is None
    assert reviewing.prioritise() == 1
    assert reviewing.prioritise() == 0


def test_posts_that_come_meanwhile_wait_for_the_next_time(
    serving: dict[str, ModelVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are not embedded yet, which must not be taken for a photo that cannot be opened."""
    pend(toys.photo(0, 1), "sea")
    later: list[Post] = []
    embed = embeddings.embed_missing

    def embedding(*arguments: object) -> tuple[int, int]:
        found = embed(*arguments)  # type: ignore[arg-type]
        later.append(pend(None, "sea"))
        return found

    monkeypatch.setattr(embeddings, "embed_missing", embedding)
    assert reviewing.prioritise() == 1
    assert {priority_of(post) for post in later} == {None}


def test_a_version_that_comes_meanwhile_judges_the_rest(
    serving: dict[str, ModelVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        pend(toys.photo(0, number), "sea")
    monkeypatch.setattr(reviewing, "BATCH", 1)
    judge: Callable[..., list[float]] = reviewing._judge
    asked: list[str] = []

    def judging(batch: list[Post], judges: list[reviewing.Judge]) -> list[float]:
        asked.append(str(judges[0].version))
        if len(asked) == 2:
            serve("als")
        return judge(batch, judges)

    monkeypatch.setattr(reviewing, "_judge", judging)
    assert reviewing.prioritise() == 3
    old, new = str(serving["als"]), str(versions.active()["als"])
    assert asked == [old, old, new, new]  # what the old one said of the second photo was not written


def test_without_a_version_nothing_is_written(toy_backbone: None) -> None:
    post = pend(toys.photo(0, 1), "sea")
    with pytest.raises(reviewing.ReviewError, match="There is no trained version yet"):
        reviewing.prioritise()
    assert priority_of(post) is None


def test_one_version_judges_alone(toy_backbone: None) -> None:
    serve("w2v")
    post = pend(toys.photo(3, 1), "zebra")
    assert reviewing.prioritise() == 1
    assert priority_of(post) != reviewing.UNREADABLE


def test_a_version_that_cannot_be_opened_does_not_judge(
    serving: dict[str, ModelVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    post = pend(toys.photo(3, 1), "zebra")
    (serving["als"].folder / "manifest.json").unlink()
    assert reviewing.prioritise() == 1
    assert priority_of(post) is not None
    reviewing.start_over()
    (serving["w2v"].folder / "manifest.json").unlink()
    with pytest.raises(reviewing.ReviewError):
        reviewing.prioritise()
    assert priority_of(post) is None


def test_other_weights_do_not_judge(serving: dict[str, ModelVersion], monkeypatch: pytest.MonkeyPatch) -> None:
    pend(toys.photo(0, 1), "sea")
    other = SimpleNamespace(full_name="toy@1", backbone=SimpleNamespace(label="Toy", width=toys.WIDTH))
    monkeypatch.setattr(embeddings, "open_embedder", lambda id: other)
    with pytest.raises(reviewing.ReviewError, match="was trained on other weights of Toy"):
        reviewing.prioritise()


def test_missing_weights_are_named(serving: dict[str, ModelVersion], monkeypatch: pytest.MonkeyPatch) -> None:
    pend(toys.photo(0, 1), "sea")

    def missing(id: str) -> None:
        raise BackboneError("The weights are not here.")

    monkeypatch.setattr(embeddings, "open_embedder", missing)
    with pytest.raises(reviewing.ReviewError, match="The weights are not here"):
        reviewing.prioritise()


def test_a_training_that_lets_a_version_serve_starts_the_order_anew(toy_backbone: None) -> None:
    store(60)
    post = pend(toys.photo(0, 1), "sea")
    Post.objects.filter(pk=post.pk).update(review_priority=0.5)
    train(activate=False)
    assert priority_of(post) == 0.5
    train()
    assert priority_of(post) is None
    assert list(reviewing.waiting()) == [post]


def test_the_job_takes_a_part_and_survives_a_site_without_versions(
    toy_backbone: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    posts = [pend(toys.photo(0, number), "sea") for number in range(3)]
    jobs.prioritise_posts()
    assert "stays in the order that it has: There is no trained version yet" in caplog.text
    serve("als")
    monkeypatch.setattr(jobs, "PRIORITISED", 2)
    jobs.prioritise_posts()
    assert [priority_of(post) is None for post in posts] == [False, False, True]
    jobs.prioritise_posts()
    jobs.prioritise_posts()  # safe to run twice
    assert not reviewing.waiting().exists()


def test_an_artefact_error_is_no_crash(serving: dict[str, ModelVersion], monkeypatch: pytest.MonkeyPatch) -> None:
    pend(toys.photo(0, 1), "sea")

    def damaged(version: ModelVersion) -> None:
        raise ArtefactError("The artefact is damaged.")

    monkeypatch.setattr(versions, "open_version", damaged)
    with pytest.raises(reviewing.ReviewError, match="The artefact is damaged"):
        reviewing.prioritise()
