"""Makes the starter from the public sets. What it writes is computed: no picture and no list of theirs is in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from predictor.ml import backbones, kinds
from predictor.ml.als import AlsModel
from predictor.ml.als_files import AlsOptions
from predictor.ml.contract import Embeddings, Matrix, Model, Progress, TaggedPost
from predictor.ml.embedder import Embedder
from predictor.ml.kernel_ridge import KernelOptions
from predictor.ml.w2v import W2vModel
from predictor.ml.w2v_files import W2vOptions
from predictor.starter import gathering, shipped, teaching, words
from predictor.starter.compact import compress
from predictor.starter.prototypes import prototypes, translated
from predictor.starter.tag_model import TagModel
from predictor.starter.teaching import ClassHead

SMALL = KernelOptions(exact_up_to=800, centres=800)  # so that the starter stays small
STUDENTS: dict[str, Model] = {
    "als": AlsModel(AlsOptions(hidden=160, kernel=SMALL)),
    "w2v": W2vModel(W2vOptions(hidden=288, variance=0.9, kernel=SMALL)),
}
SAMPLED = 3000  # posts with hashtags alone, drawn from the tag model
HEADED = "efficientnet_lite2"  # the backbone whose weights bring a class head

Lists = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Lessons:
    """The starter's posts: what the students learn of each, and what is shipped of it, in the same order."""

    learned: Lists
    shipped: Lists
    seen: dict[str, Matrix]  # by kind; embeddings [posts, width]


def build(folder: Path, cache: Path, embedders: dict[str, Embedder], progress: Progress) -> str:
    """Make the starter's files from the sets in `folder`, and return a sentence about them.

    `embedders` holds one for each kind of model; photos' embeddings are kept in `cache`.
    """
    table = words.WordTable(shipped.FILES / "words.csv")
    photos = gathering.read_photos(folder)
    rows = gathering.embed(photos, list(embedders.values()), cache, progress)
    given = [table.hashtags(photo.source, photo.words) for photo in photos if photo.words]
    lessons = _ask_teachers(given, dict(zip(embedders, rows, strict=True)), progress)
    tag_lists = [table.hashtags("harrison", line) for line in gathering.read_lists(folder)]
    tag_lists = [tags for tags in tag_lists if len(tags) > 1]
    tag_model = TagModel(tag_lists)
    lessons = _only_told(_with_social(lessons, tag_model))
    compacts = {kind: compress(vectors) for kind, vectors in lessons.seen.items()}
    names = {kind: embedder.full_name for kind, embedder in embedders.items()}
    students = [
        _student(kind, [*lessons.learned, *tag_lists], lessons.seen[kind], names[kind], progress) for kind in embedders
    ]
    lists = lessons.shipped + tag_model.sample(SAMPLED)
    shipped.write(shipped.FILES, lists, {names[kind]: compacts[kind] for kind in embedders}, students)
    return f"Made a starter of {len(lessons.shipped):,} posts with embeddings and {SAMPLED:,} with hashtags alone."


def class_head(hashtags: dict[int, tuple[str, ...]]) -> ClassHead:
    """Read the class head that comes with the weights of a backbone. Raises BackboneError where they are missing."""
    import torch

    file = backbones.get(HEADED).weights.locate(None)
    state = torch.load(file, weights_only=True)
    return ClassHead(state["_fc.weight"].numpy(), state["_fc.bias"].numpy(), hashtags)


def _ask_teachers(given: Lists, seen: dict[str, Matrix], progress: Progress) -> Lessons:
    """Learn from the words of photos that have some and from the teachers' answers elsewhere; ship answers alone."""
    head = class_head(words.class_hashtags(shipped.FILES / "classes.csv"))
    tags = sorted({tag for tags in [*given, *head.hashtags.values()] for tag in tags})
    headed = next(kind.id for kind in kinds.KINDS if kind.backbone == HEADED)
    answers = [teaching.out_of_fold_scores(kind, given, vectors, tags, progress) for kind, vectors in seen.items()]
    models, classes = np.mean(answers, axis=0), head.scores(seen[headed], tags)
    answered = teaching.believed(models, classes, tags)
    sure = teaching.believed(np.zeros_like(models), classes, tags)
    told = [tuple(dict.fromkeys(own + more)) for own, more in zip(given, sure[: len(given)], strict=True)]
    numbers, places = prototypes(head, seen[headed])
    made = [head.hashtags[int(number)] for number in numbers]
    added = {
        kind: places if kind == headed else translated(places, seen[headed], vectors) for kind, vectors in seen.items()
    }
    return Lessons(
        learned=told + answered[len(given) :] + made,
        shipped=answered + made,
        seen={kind: np.concatenate([vectors, added[kind]]) for kind, vectors in seen.items()},
    )


def _with_social(lessons: Lessons, tag_model: TagModel) -> Lessons:
    social = words.social_hashtags(shipped.FILES / "social.txt")
    return replace(
        lessons,
        learned=tag_model.with_social(lessons.learned, social),
        shipped=tag_model.with_social(lessons.shipped, social),
    )


def _only_told(lessons: Lessons) -> Lessons:
    """Leave out the posts of which nothing is known."""
    rows = [row for row, lists in enumerate(zip(lessons.learned, lessons.shipped, strict=True)) if all(lists)]
    return Lessons(
        learned=[lessons.learned[row] for row in rows],
        shipped=[lessons.shipped[row] for row in rows],
        seen={kind: vectors[rows] for kind, vectors in lessons.seen.items()},
    )


def _student(kind: str, lists: Sequence[tuple[str, ...]], vectors: Matrix, backbone: str, progress: Progress) -> Model:
    """Train what is shipped, on whole embeddings, as visitors' photos have them; its posts are taken off again."""
    posts = [TaggedPost(number, tags) for number, tags in enumerate(lists)]
    embeddings = Embeddings(backbone, np.arange(len(vectors)), vectors)
    return STUDENTS[kind].fit(posts, embeddings, progress).attach([], embeddings)
