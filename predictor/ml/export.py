"""Exports a backbone once from torch to ONNX, checks it against torch on a real photo, and publishes it atomically."""

from __future__ import annotations

import json
import os
import uuid
import warnings
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from predictor.ml.backbones import VIEWS, Backbone
from predictor.ml.contract import Matrix
from predictor.ml.weights import BackboneError, file_sha256

if TYPE_CHECKING:
    from torch import nn

LEAST_COSINE = 0.9999
AGAIN = "Start tag4pic again, or run any of its commands: the export is then made anew."


@dataclass(frozen=True, slots=True)
class Export:
    """What the JSON file beside an exported network says about it."""

    backbone: str  # id
    weights_sha256: str
    onnx: str  # file name
    onnx_sha256: str
    size: int  # pixels a side of the input
    width: int  # of the embedding
    torch: str  # version that exported it
    cosine: float  # the least between torch's and ONNX Runtime's embedding of the photo

    @property
    def full_name(self) -> str:
        """The name that embeddings and versions carry: id@sha256 of the weights.views."""
        return f"{self.backbone}@{self.weights_sha256}.{VIEWS}"


def ensure_exported(backbone: Backbone, folder: Path, weights_dir: Path | None = None) -> Export:
    """Return the valid export in a folder, made first where there is none.

    Parameters
    ----------
    backbone
        An entry of the registry.
    folder
        Where exports are kept; made if missing.
    weights_dir
        Where published weights are looked for before torch hub's cache, and downloaded to.

    Raises
    ------
    BackboneError
        Where the weights are missing or have another hash, or the export does not agree with torch.
    """
    try:
        return read_export(backbone, folder)
    except BackboneError:
        return _export(backbone, folder, weights_dir)


def read_export(backbone: Backbone, folder: Path) -> Export:
    """Return what is known of a backbone's export after checking its files; torch is not imported.

    Raises BackboneError where a file is missing, half written, or not the one that was checked against torch.
    """
    manifest = _manifest_path(backbone, folder)
    try:
        export = Export(**json.loads(manifest.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise BackboneError(f"{backbone.label} is not exported yet: there is no {manifest}. {AGAIN}") from error
    except (ValueError, TypeError) as error:
        raise BackboneError(f"{manifest} is damaged. {AGAIN}") from error
    described = (export.backbone, export.onnx, export.size, export.width)
    expected = (backbone.id, manifest.with_suffix(".onnx").name, backbone.size, backbone.width)
    if described != expected or not str(export.weights_sha256).startswith(backbone.weights.sha256):
        raise BackboneError(f"{manifest} describes another backbone than {backbone.label}. {AGAIN}")
    network = folder / export.onnx
    if not network.is_file():
        raise BackboneError(f"{network} is missing. {AGAIN}")
    if file_sha256(network) != export.onnx_sha256:
        raise BackboneError(f"{network} is cut off or was changed after it was exported. {AGAIN}")
    return export


def _manifest_path(backbone: Backbone, folder: Path) -> Path:
    return folder / f"{backbone.id}-{backbone.weights.sha256[:8]}.json"


def _export(backbone: Backbone, folder: Path, weights_dir: Path | None) -> Export:
    import torch

    weights = backbone.weights.locate(weights_dir)
    model = backbone.build(torch.load(weights, map_location="cpu", weights_only=True)).eval()
    manifest = _manifest_path(backbone, folder)
    network = manifest.with_suffix(".onnx")
    part = folder / f".{uuid.uuid4().hex}.part"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _write_onnx(model, backbone.size, part)
        export = Export(
            backbone=backbone.id,
            weights_sha256=file_sha256(weights),
            onnx=network.name,
            onnx_sha256=file_sha256(part),
            size=backbone.size,
            width=backbone.width,
            torch=torch.__version__,
            cosine=_agreement(model, backbone, part),
        )
        _publish(part, network)
        # The description comes last: without it, what is there does not count as an export.
        part.write_text(json.dumps(asdict(export), indent=1), encoding="utf-8")
        _publish(part, manifest)
    finally:
        part.unlink(missing_ok=True)
    return export


def _write_onnx(model: nn.Module, size: int, target: Path) -> None:
    import torch

    with warnings.catch_warnings(), torch.inference_mode():
        # The exporter that needs no further package calls itself deprecated, and says what it cannot simplify.
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", message="Constant folding", category=UserWarning)
        torch.onnx.export(
            model,
            (torch.zeros(1, 3, size, size),),
            target,
            dynamo=False,
            input_names=["images"],
            output_names=["embeddings"],
            dynamic_axes={"images": {0: "n"}, "embeddings": {0: "n"}},
        )


def _agreement(model: nn.Module, backbone: Backbone, network: Path) -> float:
    """Return the least cosine of torch's and ONNX Runtime's embeddings of a photo and of the same mirrored."""
    import torch

    from predictor.ml.embedder import open_session

    photo = _test_photo()
    mirrored = photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    images = np.concatenate([backbone.preprocess(photo), backbone.preprocess(mirrored)])
    with torch.inference_mode():
        ours: Matrix = model(torch.from_numpy(images)).numpy()
    theirs: Matrix = open_session(network).run(None, {"images": images})[0]
    if ours.shape != (len(images), backbone.width) or theirs.shape != ours.shape:
        raise BackboneError(
            f"{backbone.label} gives {theirs.shape} for {len(images)} pictures, not rows of {backbone.width}."
        )
    cosine = float((_unit(ours) * _unit(theirs)).sum(axis=1).min())
    if not cosine > LEAST_COSINE:
        raise BackboneError(f"The export of {backbone.label} does not agree with torch (cosine {cosine:.6f}). {AGAIN}")
    return cosine


def _unit(vectors: Matrix) -> Matrix:
    unit: Matrix = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _test_photo() -> Image.Image:
    """Open the photo of a cat in scikit-image's wheel, without importing that package."""
    spec = find_spec("skimage")
    for root in [] if spec is None else list(spec.submodule_search_locations or []):
        photo = Path(root) / "data" / "chelsea.png"
        if photo.is_file():
            return Image.open(photo).convert("RGB")
    raise BackboneError(
        "The photo for checking exports is missing. Install it with: pip install --no-deps scikit-image==0.26.0"
    )


def _publish(part: Path, target: Path) -> None:
    with part.open("rb") as stream:
        os.fsync(stream.fileno())
    part.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
