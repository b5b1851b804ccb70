"""What a kept file has besides its picture: there must be nothing but what its colours mean."""

import struct
import zlib

from kinds import RESTARTS, format_of, gif_blocks, jpeg_segments, png_chunks, riff_chunks

# What a decoder needs: tables, frames, scans, restart intervals; then the end, JFIF and Adobe's transform.
JPEG_NEEDED = {0xDB, 0xC4, 0xC0, 0xC1, 0xC2, 0xDA, 0xDD}
PNG_NEEDED = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
# Gamma and chromaticities: numbers.
PNG_MEASURES = {b"gAMA": 4, b"cHRM": 32}
WEBP_NEEDED = {b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"}
# EXIF and XMP in the flags of VP8X.
WEBP_FLAGS = 0x0C
# What a profile of ours has, and what it says in the place of a name.
PROFILE_TAGS = {b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"wtpt", b"desc", b"cprt"}
PROFILE_TEXTS = {b"desc": "Primaries and curves", b"cprt": "None"}
PROFILE_DATE = bytes.fromhex("07d000010001000000000000")


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
        if name == b"iCCP":
            yield from _profile(zlib.decompress(data[data.index(b"\0") + 2 :]))
        elif name not in PNG_NEEDED and PNG_MEASURES.get(name) != len(data):
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
            yield "flags of EXIF or XMP"
        if name == b"ICCP":
            yield from _profile(data)
        if name == b"ANMF":
            for inner, _ in riff_chunks(data, 16):
                if inner not in (b"ALPH", b"VP8 ", b"VP8L"):
                    yield f"chunk {inner.decode('latin-1')} in a frame"
    if length != len(content):
        yield "bytes behind the end"


def _profile(profile: bytes):
    """Everything in a colour profile that is none of ours."""
    if profile[24:36] != PROFILE_DATE:
        yield "the date of a profile"
    for number in range(struct.unpack_from(">I", profile, 128)[0]):
        tag, place, length = struct.unpack_from(">4sII", profile, 132 + 12 * number)
        if tag not in PROFILE_TAGS:
            yield f"tag {tag.decode('latin-1')} of a profile"
        elif tag in PROFILE_TEXTS and profile[place + 28 : place + length].decode("utf-16-be") != PROFILE_TEXTS[tag]:
            yield "a text of a profile"
