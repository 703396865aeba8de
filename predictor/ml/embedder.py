"""Turns photos into embeddings with a backbone's exported network in ONNX Runtime. Knows nothing of torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from predictor.ml.backbones import Backbone
from predictor.ml.contract import Matrix
from predictor.ml.export import read_export

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

BATCH = 8  # photos in the network at once; more costs memory and gains nothing on a CPU


class Embedder:
    """One backbone, loaded and warm.

    Parameters
    ----------
    backbone
        An entry of the registry.
    folder
        Where `ensure_exported` keeps exports.
    threads
        Of ONNX Runtime, for one photo.

    Raises
    ------
    BackboneError
        Where the export is missing, half written or changed.
    """

    def __init__(self, backbone: Backbone, folder: Path, threads: int = 1) -> None:
        export = read_export(backbone, folder)
        self.backbone = backbone
        self.full_name = export.full_name  # "id@sha256.views"
        self._session = open_session(folder / export.onnx, threads)

    def embed(self, images: Sequence[Image.Image]) -> Matrix:
        """Return the embeddings [n, width] of n upright photos: the mean over each photo's views of what the network
        gives (not of unit length).
        """
        parts = [np.zeros((0, self.backbone.width), np.float32)]
        for start in range(0, len(images), BATCH):
            views = [self.backbone.preprocess(image) for image in images[start : start + BATCH]]
            seen = self._session.run(None, {"images": np.concatenate(views)})[0]  # [photos x views, width]
            parts.append(seen.reshape(len(views), -1, seen.shape[1]).mean(axis=1))
        return np.concatenate(parts)


def open_session(network: Path, threads: int = 1) -> InferenceSession:
    """Load an exported network whose hash was checked."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait make every other process on a small machine many times slower.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
