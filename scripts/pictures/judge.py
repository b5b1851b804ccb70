"""Whether a picture that was kept is the one that came, and whether one that was refused had to be."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy
from PIL import Image, ImageCms, JpegImagePlugin

import colors
import frames
from distance import Distance, distance
from kinds import format_of, is_damaged_jpeg, kind_of
from metadata import leftovers
from service import Kept

RIGHT, WRONG, OPEN = "right", "wrong", "not judged"
REFUSED_RIGHTLY, REFUSED_WRONGLY = "refused rightly", "refused wrongly"

# Steps of 255. More of a JPEG's pixels is accepted where libjpeg loses as much by the same tables.
MOST_PIXELS, MOST_BLOCKS = 6.0, 3.0
# Where nothing is lost but roundings of a colour conversion.
MOST_EXACT = 1.0
# A GIF counts hundredths of a second.
GIF_TICK = 10
# Programs choose differently where a profile has tables for both; without tables they are the same.
INTENTS = (ImageCms.Intent.PERCEPTUAL, ImageCms.Intent.RELATIVE_COLORIMETRIC)
JPEG_END = b"\xff\xd9"
# A small copy is right where it is close to what any of these makes of the original: on edges and noise they differ from
# each other by more than the limits.
FILTERS = (Image.Resampling.BICUBIC, Image.Resampling.BOX, Image.Resampling.BILINEAR, Image.Resampling.HAMMING,
           Image.Resampling.LANCZOS)
# The service's bound on the pixels that all frames pass over, which GET /api/limits does not name.
MOST_WORK = 1_000_000_000


@dataclass
class Judgement:
    verdict: str
    reasons: list[str] = field(default_factory=list)


def refusal(content: bytes, message: str, limits: dict) -> Judgement:
    """Judges a refusal by Pillow."""
    if not format_of(content):
        return Judgement(REFUSED_RIGHTLY, ["not GIF, PNG, JPEG or WebP"])
    if len(content) > limits["upload_bytes"]:
        return Judgement(REFUSED_RIGHTLY, ["beyond the limits: bytes"])
    try:
        beyond = _beyond(frames.open_picture(content), limits)
        if beyond:
            return Judgement(REFUSED_RIGHTLY, [f"beyond the limits: {beyond}"])
        if format_of(content) == "JPEG" and is_damaged_jpeg(content):
            return Judgement(REFUSED_RIGHTLY, ["cut off or broken"])
        for _ in frames.frames(content):
            pass
    except frames.Unreadable:
        return Judgement(REFUSED_RIGHTLY, ["cut off or broken"])
    except colors.Unknown:
        pass
    return Judgement(REFUSED_WRONGLY, [message])


def _beyond(picture: Image.Image, limits: dict) -> str:
    """Which limit the picture exceeds, if any."""
    width, height = picture.size
    if max(width, height) > limits["image_side"]:
        return "side"
    if width * height > limits["image_pixels"]:
        return "pixels"
    # Pillow decodes frames to count them.
    count = picture.n_frames if frames.moves(picture) else 1
    if count > limits["image_frames"]:
        return "frames"
    return "work" if width * height * count > MOST_WORK else ""


def accepted(content: bytes, kept: Kept) -> Judgement:
    """Judges a kept picture by Pillow."""
    extra = [f"it still has {what}" for what in leftovers(kept.content)]
    reasons = []
    for intent in INTENTS:
        try:
            reasons = extra + _differences_from_whole(content, kept.content, intent)
        except (frames.Unreadable, colors.Unknown) as error:
            return Judgement(WRONG if extra else OPEN, [*extra, str(error)])
        if not reasons:
            return Judgement(RIGHT)
    return Judgement(WRONG, reasons)


def _differences_from_whole(content: bytes, kept: bytes, intent: ImageCms.Intent) -> list[str]:
    try:
        return list(_differences(content, kept, intent))
    except frames.Unreadable:
        # Pillow refuses a JPEG that lacks nothing but its end mark.
        if format_of(content) != "JPEG":
            raise
        return list(_differences(content + JPEG_END, kept, intent))


def _differences(content: bytes, kept: bytes, intent: ImageCms.Intent) -> Iterator[str]:
    """What is wrong with the pixels, durations and repetitions of the kept file."""
    after = frames.frames(kept)
    count, worst = 0, None
    for before in frames.frames(content, intent):
        count += 1
        try:
            now = next(after, None)
        except frames.Unreadable as error:
            yield f"the kept file is broken: {error}"
            return
        if now is None:
            yield f"frame {count} is missing"
            return
        if before.pixels.shape != now.pixels.shape:
            yield f"size {now.pixels.shape[1::-1]} in the place of {before.pixels.shape[1::-1]}"
            return
        tick = GIF_TICK if format_of(kept) == "GIF" else 1
        if abs(before.duration - now.duration) >= tick:
            yield f"frame {count} lasts {now.duration} ms in the place of {before.duration}"
        off = distance(before.pixels, now.pixels)
        if not _is_close(off, before.pixels, content, kept) and (worst is None or off.pixels > worst[1].pixels):
            worst = (count, off)
    if next(after, None) is not None:
        yield f"more than {count} frames"
    if worst is not None:
        yield f"frame {worst[0]}: {worst[1]}"
    if count > 1 and frames.loops(content) != frames.loops(kept):
        yield f"shown {frames.loops(kept)} times in the place of {frames.loops(content)}"


def _is_close(off: Distance, wanted: numpy.ndarray, content: bytes, kept: bytes) -> bool:
    if format_of(kept) in ("PNG", "GIF") and format_of(content) == format_of(kept):
        return off.within(MOST_EXACT, MOST_EXACT)
    if off.within(MOST_PIXELS, MOST_BLOCKS):
        return True
    if format_of(kept) != "JPEG" or off.blocks > MOST_BLOCKS:
        return False
    return off.pixels <= distance(wanted, _by_libjpeg(wanted, kept)).pixels * 1.05


def _by_libjpeg(wanted: numpy.ndarray, kept: bytes) -> numpy.ndarray:
    """What libjpeg makes of that picture with the tables and the sampling of the kept file."""
    model = Image.open(io.BytesIO(kept))
    picture = Image.fromarray(wanted).convert(model.mode)
    written = io.BytesIO()
    sampling = JpegImagePlugin.get_sampling(model)
    picture.save(written, "JPEG", qtables=model.quantization, subsampling=sampling if sampling >= 0 else "4:4:4")
    return numpy.asarray(Image.open(written).convert("RGBA"))


def variants(kept: Kept, contents: Iterable[bytes]) -> Iterator[str]:
    """What is wrong with the small copies: their size, their type, their pixels, or that they are no smaller."""
    original = frames.first_as_shown(kept.content)
    height, width = original.shape[:2]
    source = Image.fromarray(original).convert("RGBa")
    for described, content in zip(kept.media["variants"], contents, strict=True):
        name = f"copy of {described['width']}"
        yield from (f"{name} still has {what}" for what in leftovers(content))
        shown = next(frames.frames(content)).pixels
        size = (described["width"], described["height"])
        if shown.shape[1::-1] != size:
            yield f"{name} has the size {shown.shape[1::-1]}"
            continue
        if size[0] > width or abs(size[1] - size[0] * height / width) > 1:
            yield f"{name} has the size {size} of {(width, height)}"
        if described["type"] != f"image/{format_of(content).lower()}":
            yield f"{name} is {kind_of(content)}, not {described['type']}"
        if len(content) > len(kept.content) and not described.get("still"):
            yield f"{name} is larger than its original"
        off = None
        for resampling in FILTERS:
            wanted = numpy.asarray(source.resize(size, resampling).convert("RGBA"))
            now = distance(wanted, shown)
            if _is_close(now, wanted, b"", content):
                break
            off = now if off is None or now.pixels < off.pixels else off
        else:
            yield f"{name}: {off}"


def agree(content: bytes, seen: list[numpy.ndarray]) -> bool:
    """Whether Pillow and Chromium show the same of a file, by its first frame."""
    try:
        first = next(frames.frames(content)).pixels
    except (frames.Unreadable, colors.Unknown):
        return False
    return bool(seen) and first.shape == seen[0].shape and distance(first, seen[0]).within(MOST_PIXELS, MOST_BLOCKS)


def by_chromium(source: list[numpy.ndarray], kept: list[numpy.ndarray]) -> Judgement:
    """Judges a kept picture by what Chromium shows of both files."""
    if not source:
        return Judgement(OPEN, ["Chromium does not show the source"])
    if len(source) != len(kept):
        return Judgement(WRONG, [f"Chromium: {len(kept)} frames in the place of {len(source)}"])
    worst = Distance(0, 0)
    for before, now in zip(source, kept, strict=True):
        if before.shape != now.shape:
            return Judgement(WRONG, [f"Chromium: size {now.shape[1::-1]} in the place of {before.shape[1::-1]}"])
        worst |= distance(before, now)
    close = worst.within(MOST_PIXELS, MOST_BLOCKS)
    return Judgement(RIGHT if close else WRONG, [] if close else [f"Chromium: {worst}"])
