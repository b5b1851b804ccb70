"""Draws pictures: `drawn.py FOLDER` writes a few of each kind that has to come out right, or to be refused."""

import io
import struct
import sys
import zlib
from pathlib import Path

import numpy
from PIL import Image, ImageDraw

import xyb

SEED = 20261130
# Display P3 under D50, as its profile has it: red, green and blue.
DISPLAY_P3 = [(0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)]
D50 = (0.96420, 1.00000, 0.82491)


def _noise(width: int, height: int) -> numpy.ndarray:
    """Light and colours that change on all scales, as in a photograph."""
    random = numpy.random.default_rng(SEED)
    y, x = numpy.mgrid[0:height, 0:width].astype(numpy.float32)
    picture = numpy.stack([x / width, y / height, 1 - (x + y) / (width + height)], axis=-1) * 150 + 50
    for step, strength in [(64, 24), (16, 14), (4, 12), (1, 9)]:
        small = random.normal(0, strength, (height // step + 2, width // step + 2, 3)).clip(-127, 127)
        layer = Image.fromarray((small + 128).astype(numpy.uint8)).resize(
            (width + step, height + step), Image.Resampling.BILINEAR)
        picture += numpy.asarray(layer)[:height, :width] - 128.0
    return picture.clip(0, 255).astype(numpy.uint8)


def photograph(width: int, height: int) -> bytes:
    """A JPEG as a phone writes it."""
    return _written(Image.fromarray(_noise(width, height)), "JPEG", quality=90, subsampling="4:2:0")


def screenshot(width: int, height: int) -> bytes:
    """A PNG of windows with text, and one photograph."""
    random = numpy.random.default_rng(SEED)
    picture = Image.new("RGB", (width, height), (244, 245, 247))
    pen = ImageDraw.Draw(picture)
    for row in range(0, height, 18):
        words = " ".join("".join(chr(97 + letter) for letter in random.integers(0, 26, length))
                         for length in random.integers(2, 10, width // 60))
        pen.text((24, row + 3), words, fill=(40, 44, 52))
    for _ in range(12):
        left, top = int(random.integers(0, width - 300)), int(random.integers(0, height - 200))
        color = tuple(int(part) for part in random.integers(120, 255, 3))
        pen.rounded_rectangle((left, top, left + 280, top + 90), 12, fill=color, outline=(90, 90, 90))
        pen.text((left + 20, top + 36), "a button", fill=(255, 255, 255))
    picture.paste(Image.fromarray(_noise(width // 4, height // 4)), (width // 2, height // 2))
    return _written(picture, "PNG")


def _written(picture: Image.Image, name: str, **options) -> bytes:
    written = io.BytesIO()
    picture.save(written, name, **options)
    return written.getvalue()


def _fixed(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(number * 65_536) for number in numbers))


def _display_p3() -> bytes:
    """Three colorants, and the curve of sRGB."""
    curve = b"para\0\0\0\0\0\3\0\0" + _fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    tags = []
    for letter, colorant in zip(b"rgb", DISPLAY_P3, strict=True):
        tags += [(bytes([letter]) + b"XYZ", b"XYZ \0\0\0\0" + _fixed(*colorant)), (bytes([letter]) + b"TRC", curve)]
    return _profile(tags)


def _profile(tags: list[tuple[bytes, bytes]]) -> bytes:
    tags = [(b"wtpt", b"XYZ \0\0\0\0" + _fixed(*D50)), *tags]
    table, data = struct.pack(">I", len(tags)), b""
    for name, tag in tags:
        table += name + struct.pack(">II", 132 + 12 * len(tags) + len(data), len(tag))
        data += tag
    head = struct.pack(">I4sI4s4s4s12s4s28s12s48s", 128 + len(table) + len(data), b"", 0x0420_0000, b"mntr", b"RGB ",
                       b"XYZ ", b"\7\xea\0\1\0\1", b"acsp", b"", _fixed(*D50), b"")
    return head + table + data


def _with_chunk(png: bytes, name: bytes, data: bytes) -> bytes:
    chunk = struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return png[:33] + chunk + png[33:]


def _frames(mode: str) -> list[Image.Image]:
    """A disc that moves over paper."""
    frames = []
    for number in range(4):
        frame = Image.new("RGBA", (96, 64), (250, 240, 220, 255) if mode == "RGB" else (0, 0, 0, 0))
        ImageDraw.Draw(frame).ellipse((4 + 20 * number, 16, 36 + 20 * number, 48), fill=(200, 30, 60, 255))
        frames.append(frame.convert(mode))
    return frames


def examples() -> dict[str, bytes]:
    """Files by name."""
    color = Image.fromarray(_noise(200, 150))
    round_edge = Image.new("L", color.size, 0)
    ImageDraw.Draw(round_edge).ellipse((10, 10, 190, 140), fill=255)
    soft = color.copy()
    soft.putalpha(Image.fromarray((numpy.asarray(round_edge) * 0.7).astype(numpy.uint8)))
    deep = Image.fromarray(numpy.asarray(color.convert("L")).astype(numpy.uint16) * 257)
    turned = Image.Exif()
    turned[0x0112] = 6
    wide = _display_p3()
    first, *others = _frames("RGB")
    clear, *discs = _frames("RGBA")
    moving = {"save_all": True, "duration": 80, "loop": 0}
    jpeg, png = _written(color, "JPEG", quality=85), _written(color, "PNG")
    gif = _written(first, "GIF", append_images=others, **moving)
    return {
        "baseline.jpg": jpeg,
        "progressive.jpg": _written(color, "JPEG", progressive=True),
        "grey.jpg": _written(color.convert("L"), "JPEG"),
        "inks.jpg": _written(color.convert("CMYK"), "JPEG"),
        "turned.jpg": _written(color, "JPEG", exif=turned),
        "wide.jpg": _written(color, "JPEG", icc_profile=wide),
        "xyb.jpg": _written(Image.fromarray(xyb.picture(_noise(200, 150))), "JPEG", quality=98, keep_rgb=True,
                            icc_profile=_profile([(b"A2B0", xyb.table())])),
        "no-end.jpg": jpeg[:-2],
        "cut-off.jpg": jpeg[: len(jpeg) // 2],
        "bilevel.png": _written(color.convert("1"), "PNG"),
        "grey.png": _written(color.convert("L"), "PNG"),
        "grey-alpha.png": _written(soft.convert("LA"), "PNG"),
        "palette.png": _written(color.quantize(64), "PNG"),
        "rgb.png": png,
        "soft.png": _written(soft, "PNG"),
        "deep.png": _written(deep, "PNG"),
        "wide.png": _written(color, "PNG", icc_profile=wide),
        "linear.png": _with_chunk(png, b"gAMA", struct.pack(">I", 100_000)),
        "points.png": _with_chunk(png, b"cICP", bytes([12, 13, 0, 1])),
        "cut-off.png": png[: len(png) // 2],
        "still.gif": _written(color.quantize(64), "GIF"),
        "moving.gif": gif,
        "cut-off.gif": gif[: len(gif) // 2],
        "lossy.webp": _written(color, "WEBP", quality=80),
        "lossless.webp": _written(color, "WEBP", lossless=True),
        "soft.webp": _written(soft, "WEBP", quality=80),
        "wide.webp": _written(color, "WEBP", quality=80, icc_profile=wide),
        "moving.webp": _written(clear, "WEBP", append_images=discs, lossless=True, **moving),
        "text.png": b"no picture at all\n",
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True)
    for name, content in examples().items():
        (folder / name).write_bytes(content)
