"""What `suggest` and `contact_sheet` share: their arguments, and answers to photos on this machine."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management.base import CommandError
from PIL import Image

from corpus.images import ImageRefused, check_header
from predictor.five import Pick, choose
from predictor.inference import Engine, Ranking
from predictor.management.commands.prepare import prepare_models
from predictor.ml import kinds
from predictor.ml.best_set import FIVE
from predictor.ml.blend import blend
from predictor.ml.contract import ModelError, SuggestedTag
from predictor.ml.steering import steer
from predictor.ml.weights import BackboneError
from tag4pic_site.commands import counted_bar

DEEP = 100  # hashtags of each ranking that the blend looks at, and the best set with it, at least


@dataclass(frozen=True, slots=True)
class Answer:
    """What there is to say of one photo: the photo with its suggestions, or a sentence why there are none."""

    name: str  # as it was asked for
    error: str = ""
    image: Image.Image | None = None  # RGB and upright
    columns: dict[str, list[SuggestedTag]] = field(default_factory=dict)  # of each kind, then of the blend
    five: list[Pick] = field(default_factory=list)  # the best set


def add_ranking_arguments(parser: ArgumentParser) -> None:
    """Add what says which hashtags are shown."""
    parser.add_argument("--top", type=positive, default=10, metavar="N", help="hashtags of each ranking (default 10)")
    parser.add_argument(
        "--specific",
        type=setting,
        default=0.0,
        metavar="S",
        help="0: what is most likely right (default); 1: what is most telling",
    )


def answers(
    photos: Sequence[str], say: Callable[[str], None], top: int, specific: float, n: int = FIVE
) -> Iterator[Answer]:
    """Answer one photo after the other, in a home that is prepared first; columns hold `top` hashtags, the best set n.

    Raises CommandError where no version can serve.
    """
    try:
        prepare_models(say)
        engine = Engine()
        engine.refresh()
        with engine.decoder, counted_bar(len(photos), "Suggesting", unit=" photos") as bar:
            for name in photos:
                yield _answer(engine, name, top, specific, n)
                bar.update()
    except (BackboneError, ModelError) as error:
        raise CommandError(str(error)) from error


def _answer(engine: Engine, name: str, top: int, specific: float, n: int) -> Answer:
    try:
        with Path(name).open("rb") as file:
            check_header(file)
        image = engine.decoder.decode(Path(name))
    except ImageRefused as refused:
        return Answer(name, str(refused))
    except OSError as error:
        return Answer(name, error.strerror or str(error))
    rankings = engine.rank(image, max(top, n, DEEP))
    columns = _columns(rankings, specific)
    picks = choose(columns["blend"], [ranking.version.pk for ranking in rankings], n)
    return Answer(name, "", image, {id: tags[:top] for id, tags in columns.items()}, picks)


def _columns(rankings: list[Ranking], specific: float) -> dict[str, list[SuggestedTag]]:
    """Return the ranking of each kind and their blend, with the control between popular and specific at `specific`."""
    found: dict[str, list[SuggestedTag]] = {id: [] for id in kinds.IDS}
    found |= {ranking.version.kind: ranking.tags for ranking in rankings}
    found["blend"] = blend(found)
    return {id: steer(tags, specific) for id, tags in found.items()}


def positive(text: str) -> int:
    """Parse a number of at least 1."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return int(text)


def setting(text: str) -> float:
    """Parse a setting of the control."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise ArgumentTypeError(f"{text!r} is not a number from 0 (popular) to 1 (specific)")
    return number
