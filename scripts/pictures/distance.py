"""How far two pictures lie apart, in steps of 255."""

from dataclasses import dataclass

import numpy

BLOCK = 8


@dataclass
class Distance:
    """Roots of the mean squares: of pixels, and of the means of 8 × 8 blocks."""

    pixels: float
    blocks: float

    def __or__(self, other: "Distance") -> "Distance":
        return Distance(max(self.pixels, other.pixels), max(self.blocks, other.blocks))

    def within(self, pixels: float, blocks: float) -> bool:
        return self.pixels <= pixels and self.blocks <= blocks

    def __str__(self) -> str:
        return f"pixels {self.pixels:.1f}, blocks {self.blocks:.1f}"


def distance(one: numpy.ndarray, other: numpy.ndarray) -> Distance:
    """Between two RGBA pictures of one size, where they differ more: on white or on black."""
    if (one[..., 3] == 255).all() and (other[..., 3] == 255).all():
        return _on(one, other, 255)
    return _on(one, other, 255) | _on(one, other, 0)


def _on(one: numpy.ndarray, other: numpy.ndarray, paper: int) -> Distance:
    off = _laid(one, paper) - _laid(other, paper)
    height, width = off.shape[:2]
    down, across = numpy.arange(0, height, BLOCK), numpy.arange(0, width, BLOCK)
    sums = numpy.add.reduceat(numpy.add.reduceat(off, down, axis=0), across, axis=1)
    sizes = numpy.outer(numpy.minimum(BLOCK, height - down), numpy.minimum(BLOCK, width - across))
    means = sums / sizes[..., None]
    return Distance(float(numpy.sqrt(numpy.mean(off * off))), float(numpy.sqrt(numpy.mean(means * means))))


def _laid(picture: numpy.ndarray, paper: int) -> numpy.ndarray:
    colors = picture[..., :3].astype(numpy.float32)
    alpha = picture[..., 3:].astype(numpy.float32) / 255
    return colors * alpha + paper * (1 - alpha)
