"""The gate: whether a new version may serve, judged beside the one that serves and the best of those before.

It is passed by a version that answers soundly, is not worse on the hold-out (the photos of the dev split), and has kept
tail and coverage. With fewer than 200 such photos quality is not measured: the gate then looks whether the version
answers soundly and whether one that learned on still agrees with what it learned on from, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from predictor import evaluation
from predictor.learning import embeddings, golden, holdout, versions
from predictor.learning.golden import Golden
from predictor.learning.hindrances import brings_back, withdrawn_since
from predictor.learning.holdout import Measured
from predictor.learning.snapshots import Snapshot
from predictor.ml.artefact import ArtefactError
from predictor.ml.bootstrap import Difference
from predictor.ml.contract import Model, ModelError, SuggestedTag, Vector
from predictor.ml.metrics import DEEP, FIRST
from predictor.ml.weights import BackboneError
from predictor.models import ModelVersion

ENOUGH = 200  # photos, with fewer of which no quality can be told
WORSE = 0.01  # loss of R@5 that is too much, whether the photos can prove it or not
LITTLE = 0.003  # loss that counts for nothing, though photos prove it: a version that learned on differs by so little
SHRUNK = 0.05  # loss of tail recall or coverage, as a part of itself, that is too much where the photos prove it
REMEMBERED = 10  # versions, the best of which is compared with as well, so that small losses do not add up
PROBES = 50  # known photos that both versions are asked about
ROUNDING = 1e-5  # of a probability
AGREEMENT = 0.3  # least share of the first five before that a version that learned on has among its first ten
NOT_MEASURED = "Its quality was not measured: the dev split has {photos} of the {enough} photos that this takes."
SHARES = {"tail": "recall of its rarer hashtags", "given": "number of different hashtags that it gives"}


@dataclass
class Verdict:
    """What the gate found. `reason` says why a version may not serve; it is empty where it may."""

    reason: str = ""
    sound: bool = True  # whether it answers as a model must
    metrics: dict[str, Any] = field(default_factory=dict)
    golden: Golden = field(default_factory=dict)
    measured: Measured | None = None
    against: list[dict[str, Any]] = field(default_factory=list)
    agreement: float | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.reason

    @property
    def report(self) -> dict[str, Any]:
        """What is kept on the version's row."""
        return {
            "passed": self.passed,
            "sound": self.sound,
            "holdout": self.measured and self.measured.as_dict(),
            "against": self.against,
            "agreement": self.agreement,
            "notes": self.notes,
        }


def examine(
    model: Model, version: ModelVersion, champion: ModelVersion | None, dev: Snapshot, training: Snapshot
) -> Verdict:
    """Judge a model whose row is not saved yet beside the version that serves, if one does."""
    seen, verdict = golden.seen(version.backbone_id), Verdict()
    probes = [*seen.values(), *training.thinned(PROBES).embeddings.vectors]
    try:
        verdict.golden = golden.ask(model, seen)
        verdict.reason = _unsound([model.suggest(probe, DEEP) for probe in probes], probes)
    except ModelError as error:
        verdict.reason = str(error)
    if verdict.reason:
        verdict.sound, verdict.golden = False, {}
        return verdict
    posts, rankings = evaluation.ask_model(model, dev)
    if posts:
        verdict.metrics = evaluation.measure_rankings(posts, rankings, training.posts)
        verdict.measured = holdout.measure(posts, rankings, training.posts)
    if len(posts) < ENOUGH:
        verdict.notes.append(NOT_MEASURED.format(photos=len(posts), enough=ENOUGH))
    if champion is not None:
        _compare(verdict, model, version, champion, Snapshot(posts, dev.embeddings), training, probes)
    return verdict


def _unsound(answers: Sequence[list[SuggestedTag]], probes: Sequence[Vector]) -> str:
    """Say what is wrong with a model's answers; nothing if they are sound."""
    for answer in answers:
        scores, tags = [item.score for item in answer], [item.tag for item in answer]
        if not answer or not np.isfinite(scores).all():
            return "It does not answer every photo with numbers."
        if scores != sorted(scores, reverse=True) or scores[-1] < -ROUNDING or scores[0] > 1 + ROUNDING:
            return "Its scores are no probabilities, or not in order."
        if len(set(tags)) < len(tags):
            return "It gives a photo the same hashtag twice."
    differ = any(not np.allclose(probe, probes[0]) for probe in probes[1:])
    alike = all(_plain(answer) == _plain(answers[0]) for answer in answers)
    return "It gives every photo the same answer." if differ and alike else ""


def _plain(answer: list[SuggestedTag]) -> list[tuple[str, float]]:
    return [(item.tag, round(item.score, golden.DECIMALS)) for item in answer]


def _compare(
    verdict: Verdict,
    model: Model,
    version: ModelVersion,
    champion: ModelVersion,
    dev: Snapshot,
    training: Snapshot,
    probes: Sequence[Vector],
) -> None:
    """Lay the version beside the one that serves and the best of the last; what speaks against it becomes the reason,
    unless the one that serves holds what was withdrawn.

    A champion that was never asked about the golden photos or the hold-out, as the starter, is asked now.
    """
    before = None
    try:
        theirs = versions.open_version(champion)
        champion.golden = champion.golden or golden.ask(theirs, golden.seen(champion.backbone_id))
        if champion.backbone == version.backbone:
            verdict.agreement = _agreement(model, theirs, probes)
        before = _measured_before(theirs, champion, dev, training)
        champion.save(update_fields=["golden", "gate"])
    except (ArtefactError, BackboneError, ModelError) as error:
        verdict.notes.append(f"{champion}, which serves, could not be asked: {error}")
    if before is None and dev.posts and not verdict.notes:
        verdict.notes.append(f"{champion}, which serves, has not seen the photos of the dev split.")
    if len(dev.posts) < ENOUGH:
        verdict.reason = _estranged(verdict, version, champion)
    for rival, role, measured in _rivals(version.kind, champion, before, verdict.measured):
        assert verdict.measured is not None
        differences = verdict.measured.against(measured)
        figures = {name: [one.measured, one.low, one.high] for name, one in differences.items()}
        verdict.against.append({"version": rival.pk, "role": role, "differences": figures})
        if len(dev.posts) >= ENOUGH:
            verdict.reason = verdict.reason or next(_losses(rival, differences, measured), "")
    if verdict.reason and brings_back(champion, version):
        verdict.notes.append(f"{verdict.reason} It may serve all the same: {champion} holds what was withdrawn.")
        verdict.reason = ""


def _rivals(
    kind: str, champion: ModelVersion, before: Measured | None, measured: Measured | None
) -> Iterator[tuple[ModelVersion, str, Measured]]:
    """The versions that a measured one is compared with: the one that serves, and the best of the last."""
    if measured is None:
        return
    if before is not None:
        yield champion, "serves", before
    best = _best(kind, measured.on)
    if best is not None and best[0].pk != champion.pk:
        yield best[0], "best", best[1]


def _agreement(model: Model, other: Model, probes: Sequence[Vector]) -> float:
    """Mean share of the other's first five that a model has among its first ten."""
    asked, shares = np.stack(probes), []
    for theirs, ours in zip(other.rank(asked, FIRST), model.rank(asked, DEEP), strict=True):
        first, deep = ({item.tag for item in ranking} for ranking in (theirs, ours))
        shares.append(len(first & deep) / max(len(first), 1))
    return round(float(np.mean(shares)), 4)


def _measured_before(model: Model, champion: ModelVersion, dev: Snapshot, training: Snapshot) -> Measured | None:
    """What the serving version scores on the hold-out: as it is stored, else as it is now. None where it has not seen
    all of these photos through its own backbone.
    """
    stored = champion.gate.get("holdout")
    if stored and stored["on"] == holdout.name_of(dev.posts):
        return Measured.from_dict(stored)
    if champion.backbone != dev.embeddings.backbone:
        ids = [post.id for post in dev.posts]
        dev = Snapshot(dev.posts, embeddings.load(champion.backbone, ids, versions.width(champion)))
    posts, rankings = evaluation.ask_model(model, dev)
    if not posts or len(posts) < len(dev.posts):
        return None
    measured = holdout.measure(posts, rankings, training.posts)
    if not stored:
        champion.gate = {**champion.gate, "holdout": measured.as_dict()}
    return measured


def _best(kind: str, on: str) -> tuple[ModelVersion, Measured] | None:
    """The best of the last versions that might have served and were measured on these very photos. One that holds what
    was withdrawn since is nobody's measure: it may never serve again.
    """
    states = [ModelVersion.State.READY, ModelVersion.State.PRUNED]
    last = ModelVersion.objects.filter(kind=kind, state__in=states, gate__passed=True)[:REMEMBERED]
    kept = [
        (version, version.gate["holdout"])
        for version in last
        if version.gate["holdout"] and not withdrawn_since(version)
    ]
    found = [(version, Measured.from_dict(stored)) for version, stored in kept if stored["on"] == on]
    return max(found, key=lambda one: one[1].figures["R5"], default=None)


def _estranged(verdict: Verdict, version: ModelVersion, champion: ModelVersion) -> str:
    """Say so where a version that learned on has little in common with what it learned on from."""
    if version.parameters.get("full") or verdict.agreement is None or verdict.agreement >= AGREEMENT:
        return ""
    kept = f"{100 * verdict.agreement:.0f} %"
    return f"It learned on from {champion} but has only {kept} of its first five hashtags among its first ten."


def _losses(rival: ModelVersion, differences: dict[str, Difference], theirs: Measured) -> Iterator[str]:
    """Say what a version has lost against another."""
    r5 = differences["R5"]
    if r5.measured < -WORSE or (r5.high < 0 and r5.measured < -LITTLE):
        bounds = f"95 % interval {100 * r5.low:+.1f} to {100 * r5.high:+.1f}"
        yield f"Its R@5 is {-100 * r5.measured:.1f} points below that of {rival} ({bounds})."
    for name, words in SHARES.items():
        if name not in differences or not theirs.figures[name]:
            continue
        lost = -differences[name].measured / theirs.figures[name]
        if lost > SHRUNK and differences[name].high < 0:
            yield f"The {words} is {100 * lost:.1f} % below that of {rival}."
