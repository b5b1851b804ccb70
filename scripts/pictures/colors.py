"""Source pixels to sRGB: ICC profiles by LittleCMS, what else a PNG says of its colours by the standards' formulas."""

import io
import struct
import zlib

import numpy
from PIL import Image, ImageCms

from kinds import format_of, png_chunks

SRGB = ImageCms.createProfile("sRGB")
D65 = (0.3127, 0.3290)
PRIMARIES = {
    1: (D65, (0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    9: (D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    12: (D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
MOST_PROFILE = 4 * 1024 * 1024
BRADFORD = numpy.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


class Unknown(Exception):
    """The picture says of its colours what nothing here can compute."""


def to_srgb(picture: Image.Image, content: bytes, intent: ImageCms.Intent) -> Image.Image:
    """The picture as RGB or RGBA with the numbers of sRGB."""
    if format_of(content) == "PNG":
        return _png(picture, dict(reversed(list(png_chunks(content)))), intent)
    return _by_profile(picture, picture.info.get("icc_profile"), intent)


def _plain(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16") or picture.mode == "I":
        grey = numpy.asarray(picture).astype(numpy.float64)
        return Image.fromarray(numpy.round(grey / 257).astype(numpy.uint8)).convert("RGB")
    has_alpha = picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info
    return picture.convert("RGBA" if has_alpha else "RGB")


def _by_profile(picture: Image.Image, profile: bytes | None, intent: ImageCms.Intent) -> Image.Image:
    plain = _plain(picture)
    if not profile:
        return plain
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = source.profile.xcolor_space.strip()
        if picture.mode == "CMYK":
            colors = picture
        elif space == "GRAY":
            if plain.convert("RGB").convert("L").convert("RGB").tobytes() != plain.convert("RGB").tobytes():
                return plain
            colors = plain.convert("RGB").convert("L")
        else:
            colors = plain.convert("RGB")
        wanted = {"CMYK": "CMYK", "GRAY": "L", "RGB": "RGB"}.get(space)
        if wanted != colors.mode:
            return plain
        converted = ImageCms.profileToProfile(colors, source, SRGB, renderingIntent=intent, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        # Broken or unfit: everybody ignores it.
        return plain
    if plain.mode == "RGBA":
        converted.putalpha(plain.getchannel("A"))
    return converted


def _png(picture: Image.Image, chunks: dict[bytes, bytes], intent: ImageCms.Intent) -> Image.Image:
    plain = _plain(picture)
    if points := chunks.get(b"cICP"):
        primaries, transfer, matrix, is_full = points[:4]
        if matrix != 0 or is_full != 1 or primaries not in PRIMARIES or transfer not in (1, 4, 5, 6, 8, 13, 14, 15):
            raise Unknown(f"cICP {primaries}/{transfer}/{matrix}/{is_full}")
        return _computed(plain, PRIMARIES[primaries], _curve(transfer))
    if b"iCCP" in chunks:
        return _by_profile(picture, _unpacked(chunks[b"iCCP"]), intent)
    if b"sRGB" in chunks:
        return plain
    gamma, places = None, None
    if len(chunks.get(b"gAMA", b"")) == 4:
        (gamma,) = struct.unpack(">I", chunks[b"gAMA"])
    if len(chunks.get(b"cHRM", b"")) == 32:
        numbers = [number / 100_000 for number in struct.unpack(">8I", chunks[b"cHRM"])]
        places = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    if gamma == 0 or (gamma and 45_000 <= gamma <= 46_000):
        gamma = None
    if places and numpy.allclose(places, PRIMARIES[1], atol=0.002):
        places = None
    if gamma is None and places is None:
        return plain
    curve = _curve(13) if gamma is None else lambda value: value ** (100_000 / gamma)
    return _computed(plain, places or PRIMARIES[1], curve)


def _unpacked(chunk: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(chunk.split(b"\0", 1)[1][1:], MOST_PROFILE)
    except (zlib.error, IndexError):
        return b""


def _curve(transfer: int):
    """From a number to light."""
    if transfer == 8:
        return lambda value: value
    if transfer in (4, 5):
        power = 2.2 if transfer == 4 else 2.8
        return lambda value: value**power
    if transfer == 13:
        return lambda value: numpy.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return lambda value: numpy.where(value < 0.081, value / 4.5, ((value + 0.099) / 1.099) ** (1 / 0.45))


def _to_xyz(places) -> numpy.ndarray:
    """From light of those primaries to XYZ, seen by an eye that is used to the white of sRGB."""
    xyz = numpy.array([[x / y, 1.0, (1 - x - y) / y] for x, y in places])
    white, primaries = xyz[0], xyz[1:].T
    matrix = primaries * numpy.linalg.solve(primaries, white)
    usual = numpy.array([D65[0] / D65[1], 1.0, (1 - sum(D65)) / D65[1]])
    scale = (BRADFORD @ usual) / (BRADFORD @ white)
    return numpy.linalg.inv(BRADFORD) @ numpy.diag(scale) @ BRADFORD @ matrix


def _computed(plain: Image.Image, places, curve) -> Image.Image:
    try:
        matrix = numpy.linalg.solve(_to_xyz(PRIMARIES[1]), _to_xyz(places))
    except (numpy.linalg.LinAlgError, ZeroDivisionError) as error:
        raise Unknown("chromaticities that are no places") from error
    numbers = numpy.asarray(plain.convert("RGB")).astype(numpy.float64) / 255
    light = numpy.clip(curve(numbers) @ matrix.T, 0, 1)
    shown = numpy.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    converted = Image.fromarray(numpy.round(shown * 255).astype(numpy.uint8))
    if plain.mode == "RGBA":
        converted.putalpha(plain.getchannel("A"))
    return converted
