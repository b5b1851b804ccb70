"""The format of a picture by its content, and its kind by its header: `PNG palette`, `JPEG progressive`."""

import struct

PNG = b"\x89PNG\r\n\x1a\n"
COLOR_TYPES = {0: "grey", 2: "RGB", 3: "palette", 4: "grey and alpha", 6: "RGBA"}
# SOF markers: C4, C8 and CC are tables.
MOST_JUNK = 64
RESTARTS = range(0xD0, 0xD8)
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def format_of(content: bytes) -> str:
    """`JPEG`, `PNG`, `GIF`, `WebP`, or an empty string for everything else."""
    # A few bytes may lie between the first mark and the first segment.
    if content.startswith(b"\xff\xd8") and b"\xff" in content[2:MOST_JUNK]:
        return "JPEG"
    if content.startswith(PNG):
        return "PNG"
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WebP"
    return ""


def kind_of(content: bytes) -> str:
    """Format and kind, as far as the header can be read."""
    kinds = {"JPEG": _jpeg, "PNG": _png, "GIF": _gif, "WebP": _webp}
    name = format_of(content)
    if not name:
        return "other content"
    try:
        return f"{name} {kinds[name](content)}"
    except (IndexError, struct.error):
        return f"{name} broken"


def jpeg_segments(content: bytes):
    """Marker and payload of each segment: for SOS the header alone, for restart marks nothing. The rest is skipped."""
    place = 2
    while 0 <= (place := content.find(b"\xff", place)) < len(content) - 1:
        marker = content[place + 1]
        if marker in (0x00, 0x01, 0xD8, 0xFF):
            place += 1 if marker == 0xFF else 2
            continue
        if marker in RESTARTS:
            yield marker, b""
            place += 2
            continue
        if marker == 0xD9:
            yield marker, content[place + 2 :]
            return
        (length,) = struct.unpack_from(">H", content, place + 2)
        yield marker, content[place + 4 : place + 2 + length]
        place += 2 + max(length, 2)


def is_damaged_jpeg(content: bytes) -> bool:
    """Whether the scan of a baseline JPEG has fewer restart marks than its units need: a piece of it is lost."""
    needed = marks = interval = 0
    frame = b""
    for marker, segment in jpeg_segments(content):
        if marker in (0xC0, 0xC1):
            frame = segment
        elif marker == 0xDD:
            interval = int.from_bytes(segment[:2], "big")
        elif marker in RESTARTS:
            marks += 1
        elif marker == 0xDA and frame and interval and segment[0] == frame[5] > 1:
            height, width, count = struct.unpack_from(">HHB", frame, 1)
            across = max(frame[7 + 3 * number] >> 4 for number in range(count))
            down = max(frame[7 + 3 * number] & 15 for number in range(count))
            needed += (-(-width // (8 * across)) * -(-height // (8 * down)) - 1) // interval
    return marks < needed


def _jpeg(content: bytes) -> str:
    for marker, segment in jpeg_segments(content):
        if marker in FRAMES:
            if segment[0] != 8:
                return f"{segment[0]} bits"
            if marker not in (0xC0, 0xC1, 0xC2):
                return "lossless or arithmetic"
            colors = {1: " grey", 4: " CMYK"}.get(segment[5], "")
            return ("progressive" if marker == 0xC2 else "baseline") + colors
    return "broken"


def png_chunks(content: bytes):
    """Name and data of each chunk that lies whole in the file."""
    place = len(PNG)
    while place + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        data = content[place + 8 : place + 8 + length]
        if len(data) < length:
            return
        yield name, data
        place += 12 + length
        if name == b"IEND":
            return


def _png(content: bytes) -> str:
    depth, color = content[24], content[25]
    kind = COLOR_TYPES.get(color, "broken")
    if any(name == b"acTL" for name, _ in png_chunks(content)):
        return "animated"
    return f"{kind}, 16 bits" if depth == 16 else kind


def gif_blocks(content: bytes):
    """Each block: `frame` and its rectangle, `extension` and its label with the first piece, `end` and what follows."""

    def pieces(place: int) -> int:
        while content[place]:
            place += content[place] + 1
        return place + 1

    place = 13 + ((6 << (content[10] & 7)) if content[10] & 0x80 else 0)
    while place < len(content):
        if content[place] == 0x2C:
            yield "frame", struct.unpack_from("<HHHH", content, place + 1)
            flags = content[place + 9]
            place = pieces(place + 11 + ((6 << (flags & 7)) if flags & 0x80 else 0))
        elif content[place] == 0x21:
            length = content[place + 2]
            yield "extension", (content[place + 1], content[place + 3 : place + 3 + length])
            place = pieces(place + 2)
        else:
            yield "end", content[place + 1 :]
            return


def _gif(content: bytes) -> str:
    frames = 0
    try:
        frames = sum(block == "frame" for block, _ in gif_blocks(content))
    except IndexError:
        return "cut off"
    return "animated" if frames > 1 else "still"


def riff_chunks(content: bytes, place: int = 12):
    """Name and data of each chunk of a WebP, or of one of its frames."""
    while place + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, place)
        yield name, content[place + 8 : place + 8 + length]
        place += 8 + length + length % 2


def _webp(content: bytes) -> str:
    chunks = list(riff_chunks(content))
    names = {name for name, _ in chunks}
    if b"ANMF" in names:
        frames = [name for chunk, data in chunks if chunk == b"ANMF" for name, _ in riff_chunks(data, 16)]
        return "animated lossy" if b"VP8 " in frames else "animated lossless"
    if b"VP8L" in names:
        return "lossless"
    if b"VP8 " in names:
        return "lossy with alpha" if b"ALPH" in names else "lossy"
    return "broken"
