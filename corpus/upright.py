"""Decodes a photo in full and turns it upright. Runs in the decoder's limited child only, never in a web process."""

import io
import struct
import warnings
import zlib
from pathlib import Path

import pillow_heif
from PIL import AvifImagePlugin, Image, ImageCms, ImageFile, JpegImagePlugin

from corpus.images import LIMITS, ImageRefused, Limits, check_header, check_size

# Twice the short side that the largest input of a backbone is resized to.
SHORT_SIDE = 584  # pixels
MAX_DECODED = 8_000_000  # pixels of the result; only long, thin pictures come near
DECODING_THREADS = 2
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Pillow's readers raise all of these on damaged files, beside OSError.
DAMAGED = (
    OSError, SyntaxError, ValueError, TypeError, EOFError, LookupError, ArithmeticError, RuntimeError, AttributeError,
    AssertionError, struct.error, zlib.error,
)  # fmt: skip

pillow_heif.register_heif_opener()
pillow_heif.options.DECODE_THREADS = DECODING_THREADS
AvifImagePlugin.DEFAULT_MAX_THREADS = DECODING_THREADS
ImageFile.LOAD_TRUNCATED_IMAGES = False
SRGB = ImageCms.createProfile("sRGB")


def open_upright(path: Path, limits: Limits = LIMITS) -> Image.Image:
    """Return a photo as RGB, upright, in sRGB, without metadata; a large one reduced to a short side of 584 or more.

    Of an animation the first frame counts. Raises ImageRefused, and OSError where the file cannot be opened.
    """
    with path.open("rb") as file:
        header = check_header(file, limits)
        file.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            try:
                image = _load(Image.open(file, formats=[header.format]), limits)
                return _turned(_plain(image), _orientation(image))
            except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
                raise ImageRefused("too_many_pixels", limits) from error
            except MemoryError as error:
                raise ImageRefused("too_complex", limits) from error
            except DAMAGED as error:
                raise ImageRefused("corrupt", limits) from error


def _load(image: ImageFile.ImageFile, limits: Limits) -> ImageFile.ImageFile:
    """Decode the pixels; of a large JPEG only a half, quarter or eighth a side, which costs far less."""
    check_size(*image.size, limits)
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        image.draft(None, (SHORT_SIDE, SHORT_SIDE))
    image.load()
    return image


def _plain(image: Image.Image) -> Image.Image:
    """Turn any mode into RGB on a white ground, in sRGB, reduced by a whole number where it is large."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        # Pillow clips 16 bits instead of scaling them.
        plain = image.point(lambda value: value / 256).convert("L")
        plain.info.pop("transparency", None)
    elif image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        plain = image
    else:
        plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    plain = plain.reduce(_factor(*plain.size))
    if plain.has_transparency_data:
        ground = Image.new("RGBA", plain.size, "white")
        ground.alpha_composite(plain.convert("RGBA"))
        plain = ground.convert("RGB")
    return _srgb(plain, profile)


def _factor(width: int, height: int) -> int:
    """Return by how much a side may be divided."""
    factor = max(min(width, height) // SHORT_SIDE, 1)
    while width * height > MAX_DECODED * factor**2:
        factor += 1
    return factor


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert from the colours of an embedded profile; a profile that cannot be used counts as none."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "sRGB" not in ImageCms.getProfileDescription(source):
                converted = ImageCms.profileToProfile(image, source, SRGB, outputMode="RGB")
                return converted if converted is not None else image.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return image.convert("RGB")


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 where it is missing or EXIF is malformed."""
    try:
        value = image.getexif().get(ORIENTATION, 1)
    except DAMAGED:
        return 1
    return value if isinstance(value, int) else 1


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    turned = image.transpose(TURNS[orientation]) if orientation in TURNS else image
    turned.info = {}
    return turned
