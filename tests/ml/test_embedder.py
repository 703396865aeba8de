"""The embedder: photos in, embeddings out, by the exported network alone."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from predictor.ml import backbones
from predictor.ml.backbones import VIEWS, Backbone
from predictor.ml.embedder import Embedder
from predictor.ml.export import ensure_exported
from predictor.ml.weights import BackboneError, PublishedWeights, file_sha256


def build_mean_colour(state: dict[str, Tensor]) -> nn.Module:
    net = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 3, bias=False))
    net.load_state_dict(state)
    return net


@pytest.fixture
def mean_colour(tmp_path: Path) -> Backbone:
    """A backbone whose embedding is twice the mean colour, from 0 to 2; exported into `tmp_path`."""
    torch.save({"2.weight": 2 * torch.eye(3)}, tmp_path / "mean.pth")
    backbone = replace(
        backbones.get("mobilenet_v2"),
        id="mean",
        size=16,
        mean=(0.0, 0.0, 0.0),
        std=(255.0, 255.0, 255.0),
        width=3,
        weights=PublishedWeights("http://127.0.0.1:9/mean.pth", file_sha256(tmp_path / "mean.pth")),
        build=build_mean_colour,
    )
    ensure_exported(backbone, tmp_path, tmp_path)
    return backbone


def test_it_works(mean_colour: Backbone, tmp_path: Path) -> None:
    embedder = Embedder(mean_colour, tmp_path)
    vectors = embedder.embed([Image.new("RGB", (40, 30), colour) for colour in ("red", "blue", "white")])
    assert vectors.dtype == np.float32
    assert vectors == pytest.approx(np.array([[2, 0, 0], [0, 0, 2], [2, 2, 2]]), abs=1e-5)
    assert embedder.full_name == f"mean@{mean_colour.weights.sha256}.{VIEWS}"


def test_order_is_kept_over_many_batches(mean_colour: Backbone, tmp_path: Path) -> None:
    images = [Image.new("RGB", (20, 20), (shade, 0, 0)) for shade in range(50)]
    vectors = Embedder(mean_colour, tmp_path, threads=2).embed(images)
    assert vectors[:, 0] == pytest.approx(np.arange(50) * 2 / 255, abs=1e-5)


def test_no_photos(mean_colour: Backbone, tmp_path: Path) -> None:
    assert Embedder(mean_colour, tmp_path).embed([]).shape == (0, 3)


def test_changed_export_is_refused(mean_colour: Backbone, tmp_path: Path) -> None:
    network = next(tmp_path.glob("*.onnx"))
    network.write_bytes(network.read_bytes()[:-1])
    with pytest.raises(BackboneError, match="cut off or was changed"):
        Embedder(mean_colour, tmp_path)


def test_missing_export_is_refused(mean_colour: Backbone, tmp_path: Path) -> None:
    with pytest.raises(BackboneError, match="not exported yet"):
        Embedder(mean_colour, tmp_path / "elsewhere")


@pytest.mark.slow
def test_embeds_without_torch_and_like_torch(tmp_path: Path) -> None:
    backbone = backbones.get("efficientnet_lite2")
    ensure_exported(backbone, tmp_path)
    code = f"""
import sys
from pathlib import Path
import numpy as np
from PIL import Image
from predictor.ml import backbones
from predictor.ml.embedder import Embedder
from predictor.ml.export import ensure_exported
backbone = backbones.get("efficientnet_lite2")
ensure_exported(backbone, Path({str(tmp_path)!r}))
image = Image.linear_gradient("L").convert("RGB")
np.save({str(tmp_path / "vector.npy")!r}, Embedder(backbone, Path({str(tmp_path)!r})).embed([image]))
assert not {{"torch", "torchvision", "skimage"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    net = backbone.build(torch.load(backbone.weights.locate(None), weights_only=True)).eval()
    views = backbone.preprocess(Image.linear_gradient("L").convert("RGB"))
    with torch.inference_mode():
        expected = net(torch.from_numpy(views)).numpy().mean(axis=0)
    vector = np.load(tmp_path / "vector.npy")[0]
    assert vector @ expected / np.linalg.norm(vector) / np.linalg.norm(expected) > 0.9999
