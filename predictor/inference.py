"""Photo to hashtags: opens the photo, embeds it once for each backbone, and asks every active version.

Flow 1 of docs/architecture.md runs through `answer`; the `suggest` command uses the same engine without a row.
"""

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop
from PIL import Image

from corpus import images
from corpus.decoder import Decoder, DecoderError
from predictor.learning import extending, versions, vocabulary
from predictor.ml import backbones
from predictor.ml.artefact import ArtefactError
from predictor.ml.contract import Evidence, Model, ModelError, SuggestedTag, Vector
from predictor.ml.embedder import Embedder
from predictor.ml.weights import BackboneError
from predictor.models import ModelVersion, Suggestion, Upload

STORED = 100  # hashtags of each version that are kept, so that every control on the page can rank again
EXPLAINED = 10  # of them, those that carry evidence
NEWS_SECONDS = 2.0  # between two looks for contributions, while no photo waits
BUSY_SECONDS = 4.0  # the same while photo follows photo, since taking some in among very many holds one up
STREAM_SECONDS = 1.0  # since the photo before, within which a new version loads beside, so that no photo waits for it
GONE = gettext_noop("The photo is not there any more. Please send it again.")

logger = logging.getLogger(__name__)


class NoVersion(ModelError):
    """No trained version can serve."""


@dataclass(slots=True)
class Ranking:
    """What one version suggests for one photo."""

    version: ModelVersion
    tags: list[SuggestedTag]


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds of each step of an answer."""

    steps: dict[str, float] = field(default_factory=dict)
    _last: float = field(default_factory=time.perf_counter)

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.steps[step] = round(1000 * (now - self._last), 1)
        self._last = now


class Engine:
    """The active versions and their backbones, loaded once and kept warm."""

    def __init__(self) -> None:
        self.decoder = Decoder()
        self._embedders: dict[str, Embedder] = {}
        self._models: dict[str, tuple[ModelVersion, Model]] = {}
        self._looked = -BUSY_SECONDS  # when contributions were looked for
        self._answered = -STREAM_SECONDS  # when the last photo was
        self._loader = ThreadPoolExecutor(max_workers=1)
        self._coming: dict[str, tuple[ModelVersion, Future[Model]]] = {}

    def refresh(self, idle: bool = False) -> None:
        """Load what has become active since the last look, and take contributions in, sooner while no photo waits.

        While photo follows photo, the version before answers until the new one is loaded. A damaged version is set
        aside for the last good one.
        """
        current = versions.active()
        in_stream = not idle and time.monotonic() < self._answered + STREAM_SECONDS
        for kind in set(self._models) - set(current):
            del self._models[kind]
        for kind, version in current.items():
            serves = self._models.get(kind)
            if serves is not None and serves[0].pk == version.pk:
                self._coming.pop(kind, None)  # what was on its way is not wanted any more
            elif serves is None or not in_stream or self._is_ready(kind, version):
                self._load(kind, version)
        if time.monotonic() >= self._looked + (NEWS_SECONDS if idle else BUSY_SECONDS):
            self._looked = time.monotonic()
            for version, model in self._models.values():
                extending.take_in(version, model, self._embedders[version.backbone].backbone.width)

    def rank(self, image: Image.Image, k: int, explain: int = 0, watch: Stopwatch | None = None) -> list[Ranking]:
        """Return the k best hashtags of every active version for an upright photo. Raises NoVersion without one."""
        watch = watch or Stopwatch()
        serving, embeddings = self.serving(), dict[str, Vector]()
        for version, _, embedder in serving:
            if version.backbone not in embeddings:
                embeddings[version.backbone] = embedder.embed([image])[0]
        watch.lap("embed")
        rankings = [
            Ranking(version, model.suggest(embeddings[version.backbone], k, explain)) for version, model, _ in serving
        ]
        watch.lap("rank")
        self._answered = time.monotonic()
        return rankings

    def serving(self) -> list[tuple[ModelVersion, Model, Embedder]]:
        """Return the loaded versions with their models and backbones. Raises NoVersion without one."""
        if not self._models:
            raise NoVersion("There is no trained version yet. Run `manage.py train`, or start the site once.")
        return [(version, model, self._embedders[version.backbone]) for version, model in self._models.values()]

    @property
    def names(self) -> str:
        """The versions that are loaded, as uploads remember them."""
        return versions.names([version for version, _ in self._models.values()])

    def _is_ready(self, kind: str, version: ModelVersion) -> bool:
        """Whether a version is loaded; its files are read beside from the first time on that this is asked."""
        if kind not in self._coming or self._coming[kind][0].pk != version.pk:
            self._coming[kind] = version, self._loader.submit(versions.open_version, version)
        return self._coming[kind][1].done()

    def _open(self, kind: str, version: ModelVersion) -> Model:
        """Return the model of a version, which may be loading already. Raises ArtefactError."""
        coming = self._coming.pop(kind, None)
        return coming[1].result() if coming and coming[0].pk == version.pk else versions.open_version(version)

    def _load(self, kind: str, version: ModelVersion | None) -> None:
        while version is not None:
            try:
                model = self._open(kind, version)
                self._open_embedder(version)
            except ArtefactError as error:
                version = versions.set_aside(version, str(error))
            else:
                self._models[kind] = (version, model)
                vocabulary.draw_map(model, version)
                logger.info("Version %s serves.", version)
                return

    def _open_embedder(self, version: ModelVersion) -> None:
        """Load the backbone that a version was trained on. Raises ArtefactError where its weights are others now."""
        if version.backbone in self._embedders:
            return
        backbone = backbones.get(version.backbone_id)
        embedder = Embedder(backbone, Path(settings.BACKBONES_ROOT), threads=settings.INFERENCE_THREADS)
        if embedder.full_name != version.backbone:
            raise ArtefactError(f"Version {version} was trained on other weights of {backbone.label}.")
        self._embedders[version.backbone] = embedder


def answer(engine: Engine, upload: Upload) -> None:
    """Answer a claimed upload: rankings and outcome are written together, unless another worker was faster."""
    watch = Stopwatch()
    try:
        engine.refresh()
        image = engine.decoder.decode(upload.original_path)
        watch.lap("open")
        if (image.width > image.height) != (upload.width > upload.height):  # turned upright
            upload.width, upload.height = upload.height, upload.width
        upload.display = upload.display_name
        _write(upload.display_path, images.display_copy(image))
        watch.lap("copy")
        rankings = engine.rank(image, STORED, EXPLAINED, watch)
    except images.ImageRefused as refused:
        upload.finish(state=Upload.State.FAILED, reason=refused.reason, message=str(refused))
        return
    except FileNotFoundError:
        upload.finish(state=Upload.State.FAILED, reason="gone", message=GONE, original="")
        return
    except (ModelError, BackboneError, DecoderError) as error:
        upload.finish(state=Upload.State.FAILED, reason="no_model", message=str(error))
        return
    if _store(upload, rankings, watch):
        upload.original_path.unlink(missing_ok=True)
    elif not Upload.objects.filter(pk=upload.pk).exists():  # deleted meanwhile
        upload.display_path.unlink(missing_ok=True)


def _store(upload: Upload, rankings: list[Ranking], watch: Stopwatch) -> bool:
    """Write the rankings and the outcome in one transaction. Returns False where the claim was lost meanwhile."""
    with transaction.atomic():
        Suggestion.objects.bulk_create(
            Suggestion(
                upload=upload,
                version=ranking.version,
                rank=rank,
                tag=item.tag,
                score=item.score,
                prior=item.prior,
                usual=item.usual,
                evidence=[plain(evidence) for evidence in item.evidence],
            )
            for ranking in rankings
            for rank, item in enumerate(ranking.tags, start=1)
        )
        watch.lap("store")
        written = upload.finish(
            state=Upload.State.DONE,
            display=upload.display,
            width=upload.width,
            height=upload.height,
            original="",
            answered_by=versions.names([ranking.version for ranking in rankings]),
            timings=watch.steps,
        )
        if not written:
            transaction.set_rollback(True)
    return written


def plain(evidence: Evidence) -> dict[str, object]:
    """Return evidence as it is stored."""
    return {name: value for name, value in asdict(evidence).items() if value is not None}


def _write(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees all of it or none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.chmod(0o600)
    part.rename(path)
