"""What a file shows: its frames as Pillow decodes and composes them, in sRGB and upright."""

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy
from PIL import ExifTags, GifImagePlugin, Image, ImageCms

from colors import to_srgb
from kinds import format_of

Image.init()
Image.MAX_IMAGE_PIXELS = None
GifImagePlugin.LOADING_STRATEGY = GifImagePlugin.LoadingStrategy.RGB_ALWAYS
warnings.simplefilter("ignore")

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "MPO")
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Unreadable(Exception):
    """Pillow does not open the file as one of the four formats, or does not decode it completely."""


@dataclass
class Frame:
    """A frame as it is seen: RGBA, and how long in milliseconds."""

    pixels: numpy.ndarray
    duration: int


def open_picture(content: bytes) -> Image.Image:
    """Opens the file without decoding it."""
    if format_of(content) == "JPEG":
        # libjpeg skips bytes before the first segment; Pillow does not know such a file.
        content = content[:2] + content[content.index(b"\xff", 2) :]
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except Exception as error:
        raise Unreadable(f"Pillow: {error}") from error


def moves(picture: Image.Image) -> bool:
    """Whether all frames count: of a PNG and of several pictures in a JPEG only the first does."""
    return picture.format in ("GIF", "WEBP") and getattr(picture, "n_frames", 1) > 1


def frames(content: bytes, intent: ImageCms.Intent = ImageCms.Intent.PERCEPTUAL) -> Iterator[Frame]:
    """All frames, one at a time, by that intent of a colour profile."""
    picture = open_picture(content)
    try:
        count = picture.n_frames if moves(picture) else 1
        for number in range(count):
            picture.seek(number)
            picture.load()
            shown = _turned(to_srgb(picture, content, intent), picture)
            duration = picture.info.get("duration", 0) if moves(picture) else 0
            yield Frame(numpy.asarray(shown.convert("RGBA")), int(duration))
    except (OSError, SyntaxError, ValueError, IndexError, EOFError, MemoryError, Image.DecompressionBombError) as error:
        raise Unreadable(f"Pillow: {error}") from error


def first_as_shown(content: bytes) -> numpy.ndarray:
    """The first frame; what that of a GIF leaves open is transparent as in browsers, where Pillow fills it."""
    pixels = next(frames(content)).pixels
    if format_of(content) != "GIF":
        return pixels
    left, top, right, bottom = open_picture(content).tile[0][1]
    shown = numpy.zeros_like(pixels)
    shown[top:bottom, left:right] = pixels[top:bottom, left:right]
    return shown


def loops(content: bytes) -> int | None:
    """How often an animation is shown, 0 for without end."""
    picture = open_picture(content)
    if format_of(content) == "WebP":
        return picture.info.get("loop", 1)
    repeated = picture.info.get("loop")
    if repeated is None:
        return 1
    return 0 if repeated == 0 else repeated + 1


def turn(picture: Image.Image) -> Image.Transpose | None:
    """How the picture has to be turned, by its EXIF alone: Pillow itself would look into XMP and into texts, too."""
    exif = Image.Exif()
    try:
        exif.load(picture.info.get("exif"))
        return TURNS.get(exif.get(ExifTags.Base.Orientation))
    except Exception:
        return None


def _turned(shown: Image.Image, picture: Image.Image) -> Image.Image:
    turned = turn(picture)
    return shown if turned is None else shown.transpose(turned)
