"""XYB: how JPEGs of libjxl name colours, by the answers of the eye's cones. Only their profile says so."""

import struct

import numpy

# How much each cone answers to red, green and blue light, and in the dark.
CONES = numpy.array([
    [0.3, 0.622, 0.078],
    [0.23, 0.692, 0.078],
    [0.24342268924547819, 0.20476744424496821, 0.5518098665095536],
])
DARK = 0.0037930732552754493
# What brings the three differences between 0 and 1: they are moved, then spread.
MOVED = numpy.array([0.015386134, 0.0, 0.27770459])
SPREAD = numpy.array([22.995788804, 1.183000077, 1.502141333])
# From the light of sRGB to XYZ under D50.
TO_XYZ = numpy.array([
    [0.4360747, 0.3850649, 0.1430804],
    [0.2225045, 0.7168786, 0.0606169],
    [0.0139322, 0.0971045, 0.7141733],
])
# The profile writes an XYZ of 1 as a half.
HALF = 32_768 / 65_535


def picture(srgb: numpy.ndarray) -> numpy.ndarray:
    """The numbers of XYB for an RGB picture."""
    numbers = srgb.astype(numpy.float64) / 255
    light = numpy.where(numbers <= 0.04045, numbers / 12.92, ((numbers + 0.055) / 1.055) ** 2.4)
    cones = numpy.cbrt(light @ CONES.T + DARK) - numpy.cbrt(DARK)
    x, y = (cones[..., 0] - cones[..., 1]) / 2, (cones[..., 0] + cones[..., 1]) / 2
    differences = numpy.stack([x, y, cones[..., 2] - y], axis=-1)
    return numpy.round((differences + MOVED) * SPREAD * 255).clip(0, 255).astype(numpy.uint8)


def table() -> bytes:
    """The tag A2B0: a cube of the eight corners takes the differences apart; cubes of the roots and a matrix follow."""
    corners = numpy.array([[corner >> 2, corner >> 1 & 1, corner & 1] for corner in range(8)])
    x, y, b = (corners / SPREAD - MOVED).T
    roots = numpy.stack([y + x, y - x, b + y], axis=-1)
    least, most = roots.min(axis=0), roots.max(axis=0)
    entries = numpy.round((roots - least) / (most - least) * 65_535).astype(">u2").tobytes()
    straight = _curve(0, 1.0) * 3
    cube = bytes([2, 2, 2] + [0] * 13 + [2, 0, 0, 0]) + entries
    starts, slopes = least + numpy.cbrt(DARK), most - least
    curves = b"".join(_curve(3, 3.0, slope, start, 0.0, max(0.0, -start / slope))
                      for start, slope in zip(starts, slopes, strict=True))
    matrix = TO_XYZ @ numpy.linalg.inv(CONES) * HALF
    dark = -matrix.sum(axis=1) * DARK
    first = 32 + len(straight)
    places = struct.pack(">5I", 32, first + len(cube) + len(curves), first + len(cube), first, 32)
    return b"mAB \0\0\0\0\3\3\0\0" + places + straight + cube + curves + _fixed(*matrix.flatten(), *dark)


def _curve(kind: int, *parameters: float) -> bytes:
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + _fixed(*parameters)


def _fixed(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(number * 65_536) for number in numbers))
