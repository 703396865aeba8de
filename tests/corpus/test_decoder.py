"""The decoder: photos opened in a child process that no file can use against its parent."""

import io
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

import corpus.decoder
from corpus.decoder import Decoder, DecoderError
from corpus.images import ImageRefused, Limits

CORNERS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}
TURNED_BACK = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder() as made:
        yield made


def corners() -> Image.Image:
    """96 x 64: red top left, green top right, blue bottom left, white bottom right."""
    image = Image.new("RGB", (96, 64))
    for place, colour in zip([(0, 0), (48, 0), (0, 32), (48, 32)], CORNERS.values(), strict=True):
        image.paste(colour, (*place, place[0] + 48, place[1] + 32))
    return image


def assert_corners(image: Image.Image) -> None:
    assert image.mode == "RGB"
    assert image.size == (96, 64)
    for place, (name, colour) in zip([(8, 8), (88, 8), (8, 56), (88, 56)], CORNERS.items(), strict=True):
        assert np.abs(np.subtract(pixel(image, *place), colour)).max() < 40, name


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    return tuple(np.asarray(image)[y, x].tolist())


def reason(decoder: Decoder, path: Path) -> str:
    with pytest.raises(ImageRefused) as refused:
        decoder.decode(path)
    return refused.value.reason


def pid(decoder: Decoder) -> int:
    assert decoder._child is not None
    return decoder._child.pid


def test_it_works(decoder: Decoder, tmp_path: Path) -> None:
    corners().save(tmp_path / "a.jpg", quality=95)
    assert_corners(decoder.decode(tmp_path / "a.jpg"))


@pytest.mark.parametrize("orientation", [0, *range(1, 10), 65535])
def test_orientation(decoder: Decoder, tmp_path: Path, orientation: int) -> None:
    image = corners()
    stored = image.transpose(TURNED_BACK[orientation]) if orientation in TURNED_BACK else image
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.jpg", quality=95, exif=exif)
    assert_corners(decoder.decode(tmp_path / "a.jpg"))


def test_malformed_exif_counts_as_none(decoder: Decoder, tmp_path: Path) -> None:
    for junk in (b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0"):
        corners().save(tmp_path / "a.jpg", quality=95, exif=junk)
        assert_corners(decoder.decode(tmp_path / "a.jpg"))


@pytest.mark.parametrize("format", ["PNG", "GIF", "WEBP", "AVIF", "HEIF", "MPO"])
def test_formats(decoder: Decoder, tmp_path: Path, format: str) -> None:
    import pillow_heif

    path = tmp_path / "a"
    if format == "HEIF":
        pillow_heif.from_pillow(corners()).save(path, format="HEIF")
    else:
        second = [Image.new("RGB", (96, 64), "grey")]
        corners().save(path, format, save_all=format != "PNG", append_images=second if format != "PNG" else [])
    assert_corners(decoder.decode(path))


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "CMYK", "RGBA", "LA"])
def test_modes(decoder: Decoder, tmp_path: Path, mode: str) -> None:
    name = "a.jpg" if mode == "CMYK" else "a.png"
    corners().convert(mode).save(tmp_path / name)
    image = decoder.decode(tmp_path / name)
    assert image.mode == "RGB"
    assert min(pixel(image, 88, 56)) > 200


def test_sixteen_bits_keep_their_shades(decoder: Decoder, tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(32, axis=0)
    Image.fromarray(ramp).save(tmp_path / "a.png")
    shades = np.asarray(decoder.decode(tmp_path / "a.png"))[0, :, 0].astype(int)
    assert np.abs(shades - np.arange(256)).max() <= 1


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_become_white(decoder: Decoder, tmp_path: Path, mode: str) -> None:
    image = Image.new("RGBA", (1800, 1200), (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), (900, 0, 1800, 1200))
    image.convert(mode).save(tmp_path / "a.png")
    decoded = decoder.decode(tmp_path / "a.png")
    assert decoded.size == (900, 600)
    assert pixel(decoded, 100, 300) == (0, 0, 0)
    assert pixel(decoded, 800, 300) == (255, 255, 255)


def test_large_jpeg_is_decoded_small(decoder: Decoder, tmp_path: Path) -> None:
    corners().resize((4000, 3000)).save(tmp_path / "a.jpg")
    image = decoder.decode(tmp_path / "a.jpg")
    assert image.size == (1000, 750)
    assert_corners(image.resize((96, 64)))


def test_long_thin_picture_is_bounded(decoder: Decoder, tmp_path: Path) -> None:
    Image.new("RGB", (40_000, 1_000), "red").save(tmp_path / "a.png")
    image = decoder.decode(tmp_path / "a.png")
    assert image.width * image.height <= 8_000_000
    assert pixel(image, 5, 5) == (255, 0, 0)


def linear_profile() -> bytes:
    """An RGB profile whose values are light itself: sRGB with its three curves made straight."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for at in range(int.from_bytes(profile[128:132], "big")):
        tag, offset, _ = struct.unpack_from(">4sII", profile, 132 + 12 * at)
        if tag in (b"rTRC", b"gTRC", b"bTRC"):
            struct.pack_into(">4sIHHI", profile, offset, b"para", 0, 0, 0, 65536)
        if tag == b"desc":
            profile = bytearray(bytes(profile).replace("sRGB".encode("utf-16-be"), "line".encode("utf-16-be")))
    return bytes(profile)


def test_colours_are_converted_to_srgb(decoder: Decoder, tmp_path: Path) -> None:
    Image.new("RGB", (32, 32), (55, 55, 55)).save(tmp_path / "a.png", icc_profile=linear_profile())
    shade = pixel(decoder.decode(tmp_path / "a.png"), 5, 5)[0]
    assert shade == pytest.approx(128, abs=4)  # 255 * (1.055 * (55 / 255) ** (1 / 2.4) - 0.055)


def test_garbage_profile_is_ignored(decoder: Decoder, tmp_path: Path) -> None:
    corners().save(tmp_path / "a.jpg", quality=95, icc_profile=b"garbage" * 100)
    assert_corners(decoder.decode(tmp_path / "a.jpg"))


def test_nothing_but_pixels_comes_back(decoder: Decoder, tmp_path: Path) -> None:
    corners().save(tmp_path / "a.jpg", comment=b"secret place", exif=Image.Exif(), icc_profile=linear_profile())
    assert decoder.decode(tmp_path / "a.jpg").info == {}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("kept", [0.5, 0.98])
def test_cut_off(decoder: Decoder, tmp_path: Path, format: str, kept: float) -> None:
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, format)
    (tmp_path / "a").write_bytes(buffer.getvalue()[: int(len(buffer.getvalue()) * kept)])
    assert reason(decoder, tmp_path / "a") == "corrupt"


def test_header_checks_hold_in_the_child_too(tmp_path: Path) -> None:
    Image.new("RGB", (200, 100)).save(tmp_path / "a.png")
    (tmp_path / "b").write_bytes(b"no picture")
    with Decoder(Limits(max_pixels=10_000)) as decoder:
        assert reason(decoder, tmp_path / "a.png") == "too_many_pixels"
        assert reason(decoder, tmp_path / "b") == "not_an_image"


def test_missing_file(decoder: Decoder, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        decoder.decode(tmp_path / "none.jpg")


def test_odd_names_and_relative_paths(decoder: Decoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a b.jpg", "new\nline", 'quo"te', "caf\u00e9", os.fsdecode(b"\xff.jpg")):
        corners().save(name, "PNG")
        assert_corners(decoder.decode(Path(name)))


def test_too_slow_is_refused_and_the_child_replaced(tmp_path: Path) -> None:
    corners().save(tmp_path / "a.png")
    with Decoder(seconds=0.3) as decoder:
        decoder.start()
        first = pid(decoder)
        os.kill(first, signal.SIGSTOP)
        before = time.monotonic()
        assert reason(decoder, tmp_path / "a.png") == "too_complex"
        assert time.monotonic() - before < 2
        assert not Path(f"/proc/{first}").exists()
        assert_corners(decoder.decode(tmp_path / "a.png"))


def test_child_that_was_killed_is_replaced(tmp_path: Path) -> None:
    corners().save(tmp_path / "a.png")
    with Decoder() as decoder:
        decoder.start()
        first = pid(decoder)
        os.kill(first, signal.SIGKILL)
        assert_corners(decoder.decode(tmp_path / "a.png"))
        assert pid(decoder) != first


def test_file_that_kills_the_child_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that dies at every request stands for a reader with a hole."""
    package = tmp_path / "root" / "corpus"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    ready = "import os, sys; os.write(1, b'\\0\\0\\0\\2{}'); sys.stdin.readline(); os.kill(os.getpid(), 11)"
    (package / "decoder_child.py").write_text(ready)
    corners().save(tmp_path / "a.png")
    with Decoder() as decoder:
        monkeypatch.setattr(corpus.decoder, "ROOT", package.parent)
        assert reason(decoder, tmp_path / "a.png") == "corrupt"
        monkeypatch.undo()
        assert_corners(decoder.decode(tmp_path / "a.png"))


def test_child_that_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus.decoder, "ROOT", tmp_path)
    corners().save(tmp_path / "a.png")
    with Decoder() as decoder, pytest.raises(DecoderError, match="does not start"):
        decoder.decode(tmp_path / "a.png")


def test_memory_is_limited(tmp_path: Path) -> None:
    with Decoder() as decoder:
        decoder.start()
        limits = Path(f"/proc/{pid(decoder)}/limits").read_text()
    assert [line.split()[3:5] for line in limits.splitlines() if line.startswith("Max address space")] == [
        ["1073741824", "1073741824"]
    ]
    assert [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core file size")] == [["0", "0"]]


def test_child_imports_nothing_heavy() -> None:
    code = "import sys, corpus.upright; assert not {'numpy', 'django', 'torch', 'imagehash'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_fork_gets_a_child_of_its_own(tmp_path: Path) -> None:
    corners().save(tmp_path / "a.png")
    code = f"""
import os
from pathlib import Path
from corpus.decoder import Decoder
decoder = Decoder()
decoder.decode(Path({str(tmp_path / "a.png")!r}))
first = decoder._child.pid
if (fork := os.fork()) == 0:
    decoder.decode(Path({str(tmp_path / "a.png")!r}))
    os._exit(0 if decoder._child.pid != first else 1)
assert os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) == 0
decoder.decode(Path({str(tmp_path / "a.png")!r}))
assert decoder._child.pid == first
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_child_ends_with_its_parent() -> None:
    code = """
import sys
from corpus.decoder import Decoder
decoder = Decoder()
decoder.start()
print(decoder._child.pid, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert Path(f"/proc/{child}").exists()
        parent.kill()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{child}/cmdline").exists() and Path(f"/proc/{child}/cmdline").read_bytes():
        assert time.monotonic() < deadline, "the child outlives its parent"
        time.sleep(0.02)


def test_starts_from_a_path_with_spaces(tmp_path: Path) -> None:
    root = tmp_path / "a path with spaces"
    shutil.copytree(corpus.decoder.ROOT / "corpus", root / "corpus", ignore=shutil.ignore_patterns("__pycache__"))
    corners().save(root / "a photo.png")
    code = """
from pathlib import Path
from corpus.decoder import Decoder
with Decoder() as decoder:
    print(decoder.decode(Path("a photo.png")).size)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout == "(96, 64)\n"
