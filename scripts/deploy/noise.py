"""Prints a PNG of noise, which no encoder makes smaller: noise.py PIXELS_A_SIDE"""

import random
import struct
import sys
import zlib

side = int(sys.argv[1])
rows = b"".join(b"\0" + random.Random(row).randbytes(3 * side) for row in range(side))


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


sys.stdout.buffer.write(
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(rows, 1))
    + chunk(b"IEND", b"")
)
