"""What a kept file has besides its picture: there must be nothing."""

from kinds import RESTARTS, format_of, gif_blocks, jpeg_segments, png_chunks, riff_chunks

# What a decoder needs: tables, frames, scans, restart intervals; then the end, JFIF and Adobe's transform.
JPEG_NEEDED = {0xDB, 0xC4, 0xC0, 0xC1, 0xC2, 0xDA, 0xDD}
PNG_NEEDED = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
WEBP_NEEDED = {b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"}
# ICC, EXIF and XMP in the flags of VP8X.
WEBP_FLAGS = 0x2C


def leftovers(content: bytes) -> list[str]:
    """Names of everything in the file that no decoder needs for the picture."""
    found = {"JPEG": _jpeg, "PNG": _png, "GIF": _gif, "WebP": _webp}[format_of(content)](content)
    return sorted(set(found))


def _jpeg(content: bytes):
    for marker, segment in jpeg_segments(content):
        if marker == 0xD9:
            if segment:
                yield "bytes behind the end"
        elif marker == 0xE0:
            if len(segment) != 14 or segment[:5] != b"JFIF\0" or segment[12:] != b"\0\0":
                yield "APP0 with more than JFIF's 14 bytes"
        elif marker == 0xEE:
            if len(segment) != 12 or not segment.startswith(b"Adobe"):
                yield "APP14 with more than Adobe's 12 bytes"
        elif marker not in JPEG_NEEDED and marker not in RESTARTS:
            yield f"segment {marker:02X}"


def _png(content: bytes):
    length = 8
    for name, data in png_chunks(content):
        length += 12 + len(data)
        if name not in PNG_NEEDED:
            yield f"chunk {name.decode('latin-1')}"
    if length != len(content):
        yield "bytes behind the end"


def _gif(content: bytes):
    for block, what in gif_blocks(content):
        if block == "extension" and what[0] != 0xF9 and what != (0xFF, b"NETSCAPE2.0"):
            yield f"extension {what[0]:02X}"
        if block == "end" and what:
            yield "bytes behind the end"


def _webp(content: bytes):
    length = 12
    for name, data in riff_chunks(content):
        length += 8 + len(data) + len(data) % 2
        if name not in WEBP_NEEDED:
            yield f"chunk {name.decode('latin-1')}"
        if name == b"VP8X" and data[0] & WEBP_FLAGS:
            yield "flags of a profile, EXIF or XMP"
        if name == b"ANMF":
            for inner, _ in riff_chunks(data, 16):
                if inner not in (b"ALPH", b"VP8 ", b"VP8L"):
                    yield f"chunk {inner.decode('latin-1')} in a frame"
    if length != len(content):
        yield "bytes behind the end"
