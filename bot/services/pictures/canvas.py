"""A sheet to draw figures on: pixels of the finished picture, drawn finer and scaled down for smooth edges."""

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont

FONT = Path(__file__).parents[2] / "fonts" / "NotoSansCJKsc-Roundsman.otf"
CONTENT_TYPE = "image/png"
SIZE = 1080
FINER = 2
PAPER, GRID, INK, PALE = "#fbfaf7", "#e3dfd5", "#22262b", "#7d828a"
BLUE, LIGHT_BLUE, RED = "#1769aa", "#c9dfef", "#c4491d"
SMALLEST = 26
"""Anything smaller cannot be read on a phone."""

Point: TypeAlias = tuple[float, float]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size * FINER, layout_engine=ImageFont.Layout.BASIC)


class Sheet:
    """A square of 1080 x 1080 pixels, y downwards."""

    def __init__(self) -> None:
        self._image = Image.new("RGB", (SIZE * FINER, SIZE * FINER), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def line(self, points: Sequence[Point], colour: str, width: float) -> None:
        self._draw.line(_fine(points), fill=colour, width=round(width * FINER), joint="curve")

    def polygon(self, points: Sequence[Point], colour: str) -> None:
        self._draw.polygon(_fine(points), fill=colour)

    def disc(self, at: Point, radius: float, colour: str) -> None:
        (left, top), (right, bottom) = _fine([(at[0] - radius, at[1] - radius), (at[0] + radius, at[1] + radius)])
        self._draw.ellipse((left, top, right, bottom), fill=colour)

    def text(
        self, at: Point, words: str, size: int, colour: str = INK, anchor: str = "mm", *, width: float = 0
    ) -> None:
        """Words at a point; with a ``width`` they are made smaller, then cut, until they fit."""
        while width and size > SMALLEST and _font(size).getlength(words) / FINER > width:
            size -= 2
        while width and len(words) > 1 and _font(size).getlength(words) / FINER > width:
            words = words[:-2].rstrip() + "…"
        self._draw.text(_fine([at])[0], words, font=_font(size), fill=colour, anchor=anchor)

    def png(self) -> bytes:
        """The finished picture."""
        written = io.BytesIO()
        small = self._image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
        small.save(written, "PNG", optimize=True)
        return written.getvalue()


def _fine(points: Sequence[Point]) -> list[Point]:
    return [(x * FINER, y * FINER) for x, y in points]
