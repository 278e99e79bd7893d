"""The funnel, the 80/20 curve, the RFM grid and a share over time, as pictures. All words come from the caller."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from bot.domain.platform import TOP_PART
from bot.services.pictures.canvas import BLUE, GRID, INK, LIGHT_BLUE, PALE, PAPER, RED, SIZE, Point, Sheet

MARGIN = 70.0
TITLE_SIZE, BODY_SIZE, SMALL_SIZE = 52, 40, 32
TITLE_AT = 80.0
FUNNEL_COLOURS = ("#9ec5e4", "#6ba6d4", "#3d87c0", "#1769aa", "#0f4c7d")
NARROWEST = 0.16
RFM_SCORES = 5
EMPTY = "#f0ede5"
DARK_FROM = 2

Place: TypeAlias = Callable[[float, float], Point]
"""Where two parts 0-1, along and up, are on the sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A stage of the funnel. ``weight`` makes its width; ``label`` and ``value`` stand in it."""

    label: str
    value: str
    weight: float
    warns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Customers with the same recency and frequency scores 1-5. ``weight`` makes the colour; ``value`` is below."""

    recency: int
    frequency: int
    count: int
    weight: float
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRange:
    """A share on a day, in percent."""

    on: date
    low: int
    high: int


def draw_funnel(title: str, bands: Sequence[Band]) -> bytes:
    """A PNG of the stages, the first on top; a red dot marks one with deals that stand still."""
    sheet = Sheet()
    sheet.text((SIZE / 2, TITLE_AT), title, TITLE_SIZE, width=SIZE - 2 * MARGIN)
    top, gap = 160.0, 14.0
    height = (SIZE - top - MARGIN) / len(bands) - gap
    most = max(band.weight for band in bands) or 1.0
    widest = SIZE * 0.52
    for number, band in enumerate(bands):
        y = top + number * (height + gap)
        half = widest * max(NARROWEST, band.weight / most) / 2 if band.weight else widest * NARROWEST / 2
        middle = SIZE - MARGIN - widest / 2
        colour = FUNNEL_COLOURS[number % len(FUNNEL_COLOURS)] if band.weight else GRID
        sheet.polygon(
            [
                (middle - half, y),
                (middle + half, y),
                (middle + half * 0.94, y + height),
                (middle - half * 0.94, y + height),
            ],
            colour,
        )
        room = middle - widest / 2 - MARGIN - 20
        sheet.text((MARGIN, y + height * 0.32), band.label, BODY_SIZE, INK, "lm", width=room)
        sheet.text((MARGIN, y + height * 0.68), band.value, SMALL_SIZE, PALE, "lm", width=room)
        if band.warns:
            sheet.disc((middle, y + height / 2), 14, RED)
    return sheet.png()


def draw_curve(title: str, points: Sequence[float], *, top_label: str, x_label: str, y_label: str) -> bytes:
    """A PNG of sales summed up over customers, most first; ``points`` are parts 0-1 after each customer."""
    sheet = Sheet()
    sheet.text((SIZE / 2, TITLE_AT), title, TITLE_SIZE, width=SIZE - 2 * MARGIN)
    left, right, top, bottom = 120.0, SIZE - MARGIN, 190.0, SIZE - 150.0

    def place(part_of_customers: float, part_of_sales: float) -> Point:
        return left + (right - left) * part_of_customers, bottom - (bottom - top) * part_of_sales

    _draw_percent_grid(sheet, place)
    line = [place(0, 0), *(place((number + 1) / len(points), value) for number, value in enumerate(points))]
    sheet.polygon([*line, place(1, 0)], LIGHT_BLUE)
    sheet.line(line, BLUE, 6)
    if top_label:
        at = _height_at(points, TOP_PART)
        sheet.line([place(TOP_PART, 0), place(TOP_PART, at)], RED, 4)
        sheet.disc(place(TOP_PART, at), 14, RED)
        x, y = place(TOP_PART, at)
        sheet.text((x + 30, min(y + 60, bottom - 60)), top_label, BODY_SIZE, RED, "lm", width=right - x - 40)
    sheet.text((SIZE / 2, SIZE - 50), x_label, SMALL_SIZE, PALE)
    sheet.text((left, top - 40), y_label, SMALL_SIZE, PALE, "lm")
    return sheet.png()


def _height_at(points: Sequence[float], part: float) -> float:
    """The curve's height where a part of the customers is summed up."""
    count = max(1, int(len(points) * part))
    return points[count - 1]


def draw_share(title: str, shares: Sequence[ShareRange], *, days: Sequence[str]) -> bytes:
    """A PNG of a share over time: the range as a band, its middle as a line. ``days`` name the first and last day."""
    sheet = Sheet()
    sheet.text((SIZE / 2, TITLE_AT), title, TITLE_SIZE, width=SIZE - 2 * MARGIN)
    left, right, top, bottom = 120.0, SIZE - MARGIN, 170.0, SIZE - 130.0
    first, last = shares[0].on.toordinal(), shares[-1].on.toordinal()
    span = max(1, last - first)

    def place(part: float, share: float) -> Point:
        return left + (right - left) * part, bottom - (bottom - top) * share

    _draw_percent_grid(sheet, place)
    parts = [(one.on.toordinal() - first) / span for one in shares]
    upper = [place(part, one.high / 100) for part, one in zip(parts, shares, strict=True)]
    lower = [place(part, one.low / 100) for part, one in zip(parts, shares, strict=True)]
    middle = [place(part, (one.low + one.high) / 200) for part, one in zip(parts, shares, strict=True)]
    sheet.polygon([*upper, *reversed(lower)], LIGHT_BLUE)
    sheet.line(middle, BLUE, 6)
    for point in middle:
        sheet.disc(point, 12, BLUE)
    newest = (shares[-1].low + shares[-1].high) / 2
    is_falling = len(shares) > 1 and shares[-1].low < shares[-2].low
    above = shares[-1].high < 90 and not (is_falling and shares[-1].low > 10)  # where the band leaves room
    x, y = (upper[-1][0], upper[-1][1] - 40) if above else (lower[-1][0], lower[-1][1] + 40)
    sheet.text((x, y), f"{newest:.0f} %", BODY_SIZE, BLUE, "rm")
    sheet.text((left, bottom + 50), days[0], SMALL_SIZE, PALE, "lm")
    sheet.text((right, bottom + 50), days[-1], SMALL_SIZE, PALE, "rm")
    return sheet.png()


def draw_rfm_grid(title: str, cells: Sequence[Cell], *, x_label: str, y_label: str, note: str) -> bytes:
    """A PNG of five by five fields, the best customers in the upper right corner; the darker, the more weight."""
    sheet = Sheet()
    sheet.text((SIZE / 2, TITLE_AT), title, TITLE_SIZE, width=SIZE - 2 * MARGIN)
    left, top, gap = 130.0, 170.0, 10.0
    side = (SIZE - MARGIN - left) / RFM_SCORES
    height = (SIZE - 170.0 - top) / RFM_SCORES
    most = max((cell.weight for cell in cells), default=0.0) or 1.0
    known = {(cell.recency, cell.frequency): cell for cell in cells}
    for recency in range(1, RFM_SCORES + 1):
        for frequency in range(1, RFM_SCORES + 1):
            x, y = left + (recency - 1) * side, top + (RFM_SCORES - frequency) * height
            cell = known.get((recency, frequency))
            depth = -1 if cell is None else min(len(FUNNEL_COLOURS) - 1, int(len(FUNNEL_COLOURS) * cell.weight / most))
            right, bottom = x + side - gap, y + height - gap
            sheet.polygon([(x, y), (right, y), (right, bottom), (x, bottom)], FUNNEL_COLOURS[depth] if cell else EMPTY)
            if cell is not None:
                ink, middle = (INK if depth < DARK_FROM else PAPER), (x + right) / 2
                sheet.text((middle, y + height * 0.36), str(cell.count), TITLE_SIZE, ink)
                sheet.text((middle, y + height * 0.70), cell.value, SMALL_SIZE, ink, width=side - 2 * gap)
    for score in range(1, RFM_SCORES + 1):
        sheet.text((left + (score - 0.5) * side, SIZE - 140), str(score), SMALL_SIZE, PALE)
        sheet.text((left - 30, top + (RFM_SCORES - score + 0.5) * height), str(score), SMALL_SIZE, PALE)
    sheet.text(((left + SIZE - MARGIN) / 2, SIZE - 95), x_label, SMALL_SIZE, PALE)
    sheet.text((MARGIN - 20, top - 30), y_label, SMALL_SIZE, PALE, "lm")
    sheet.text((SIZE / 2, SIZE - 42), note, SMALL_SIZE, PALE, width=SIZE - 2 * MARGIN)
    return sheet.png()


def _draw_percent_grid(sheet: Sheet, place: Place) -> None:
    for percent in range(0, 101, 20):
        begin, end = place(0, percent / 100), place(1, percent / 100)
        sheet.line([begin, end], GRID, 3)
        sheet.text((begin[0] - 16, begin[1]), str(percent), SMALL_SIZE, PALE, "rm")
