"""Draws routes as a picture for a phone: numbered stops joined in order, start and end, scale and north, no streets."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.domain.geo import Pin, distance_m
from bot.services.maps.projecting import Point, Projection, fit, round_length_m

FONT = Path(__file__).parents[2] / "fonts" / "NotoSansCJKsc-Roundsman.otf"
CONTENT_TYPE = "image/png"

SIZE = 1080
FINER = 2
"""Drawn so many times larger and scaled down, for smooth edges."""

MARGIN = 150
DISC = 27
NUMBER_SIZE = 30
NAME_SIZE = 25
SCALE_SIZE = 26
LONGEST_NAME = 14
NAMED_MOST = 14
"""With more stops than this, names would hide the route; the list beside the picture has them."""

PAPER, GRID, INK, PALE = "#fbfaf7", "#ebe7de", "#22262b", "#8a8f98"
ROUTE_COLOURS = ("#1769aa", "#c4491d", "#2f7d32", "#7b3fa0", "#a37200", "#00797a", "#a62a56")
DONE_COLOUR = "#9aa0a6"
_RINGS = (0.0, 2.1, 3.3, 4.6)
_ANGLES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MapStop:
    """A numbered place. ``name`` stands beside it where there is room."""

    number: int
    pin: Pin
    name: str = ""
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRoute:
    """Stops in order. ``label`` names the route in the legend when there are several."""

    stops: tuple[MapStop, ...]
    start: Pin | None = None
    end: Pin | None = None
    label: str = ""


def draw_map(routes: Sequence[MapRoute]) -> bytes:
    """A PNG of 1080 x 1080 pixels. Takes about 0.3 s of one core, so it runs in a thread."""
    pins = [stop.pin for route in routes for stop in route.stops]
    pins += [pin for route in routes for pin in (route.start, route.end) if pin is not None]
    projection = fit(pins, size=SIZE, margin=MARGIN)
    image = Image.new("RGB", (SIZE * FINER, SIZE * FINER), PAPER)
    canvas = _Canvas(ImageDraw.Draw(image))
    _draw_grid(canvas, projection)
    for number, route in enumerate(routes):
        _draw_way(canvas, projection, route, _colour(number))
    for route in routes:
        _draw_depots(canvas, projection, route)
    _draw_stops(canvas, projection, routes)
    _draw_scale(canvas, projection)
    _draw_north(canvas)
    if len(routes) > 1:
        _draw_legend(canvas, routes)
    small = image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    small.save(written, "PNG", optimize=True)
    return written.getvalue()


def _colour(number: int) -> str:
    return ROUTE_COLOURS[number % len(ROUTE_COLOURS)]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size * FINER, layout_engine=ImageFont.Layout.BASIC)


class _Canvas:
    """Draws in pixels of the finished picture."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def line(self, points: Sequence[Point], colour: str, width: float) -> None:
        fine = [(x * FINER, y * FINER) for x, y in points]
        self._draw.line(fine, fill=colour, width=round(width * FINER), joint="curve")

    def polygon(self, points: Sequence[Point], colour: str) -> None:
        self._draw.polygon([(x * FINER, y * FINER) for x, y in points], fill=colour)

    def disc(self, at: Point, radius: float, colour: str) -> None:
        x, y = at[0] * FINER, at[1] * FINER
        reach = radius * FINER
        self._draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour)

    def box(self, corner: Point, other: Point, colour: str) -> None:
        box = (corner[0] * FINER, corner[1] * FINER, other[0] * FINER, other[1] * FINER)
        self._draw.rounded_rectangle(box, radius=6 * FINER, fill=colour)

    def text(self, at: Point, words: str, size: int, colour: str, anchor: str = "mm", *, halo: bool = False) -> None:
        self._draw.text(
            (at[0] * FINER, at[1] * FINER),
            words,
            font=_font(size),
            fill=colour,
            anchor=anchor,
            stroke_width=3 * FINER if halo else 0,
            stroke_fill=PAPER if halo else None,
        )


def _draw_grid(canvas: _Canvas, projection: Projection) -> None:
    """Squares as long as the scale bar: distances can be read anywhere."""
    step = _bar_m(projection) / projection.metres_a_pixel
    count = math.ceil(SIZE / 2 / step)
    for place in (SIZE / 2 + number * step for number in range(-count, count + 1)):
        canvas.line([(place, 0), (place, SIZE)], GRID, 1.5)
        canvas.line([(0, place), (SIZE, place)], GRID, 1.5)


def _bar_m(projection: Projection) -> int:
    return round_length_m(projection.metres_a_pixel * SIZE / 4)


def _shown_at(projection: Projection, pin: Pin) -> Point:
    return projection.place(pin) if projection.is_inside(pin) else projection.at_edge(pin)


def _draw_way(canvas: _Canvas, projection: Projection, route: MapRoute, colour: str) -> None:
    pins = [route.start, *(stop.pin for stop in route.stops), route.end if route.stops else None]
    points = [_shown_at(projection, pin) for pin in pins if pin is not None]
    if len(points) < 2:
        return
    canvas.line(points, PAPER, 11)
    canvas.line(points, colour, 5)
    for begin, end in pairwise(points):
        _draw_arrow(canvas, begin, end, colour)


def _draw_arrow(canvas: _Canvas, begin: Point, end: Point, colour: str) -> None:
    """The direction, in the middle of a leg that is long enough."""
    length = math.dist(begin, end)
    if length < 4 * DISC:
        return
    ahead = (end[0] - begin[0]) / length, (end[1] - begin[1]) / length
    tip = (begin[0] + end[0]) / 2 + ahead[0] * 11, (begin[1] + end[1]) / 2 + ahead[1] * 11
    back = tip[0] - ahead[0] * 24, tip[1] - ahead[1] * 24
    side = -ahead[1] * 12, ahead[0] * 12
    canvas.polygon([tip, (back[0] + side[0], back[1] + side[1]), (back[0] - side[0], back[1] - side[1])], colour)


def _draw_depots(canvas: _Canvas, projection: Projection, route: MapRoute) -> None:
    """A house where the day begins, a ring around the place where it ends elsewhere."""
    if route.end is not None and route.end != route.start:
        x, y = _shown_at(projection, route.end)
        canvas.disc((x, y), 20, INK)
        canvas.disc((x, y), 12, PAPER)
    if route.start is not None:
        x, y = _shown_at(projection, route.start)
        canvas.disc((x, y), 30, PAPER)
        canvas.polygon([(x - 26, y), (x, y - 26), (x + 26, y)], INK)
        canvas.box((x - 18, y - 2), (x + 18, y + 22), INK)


def _draw_stops(canvas: _Canvas, projection: Projection, routes: Sequence[MapRoute]) -> None:
    """The discs, side by side where stops lie together; thin lines lead to where those really are."""
    depots = [_shown_at(projection, pin) for route in routes for pin in (route.start, route.end) if pin is not None]
    taken = list(depots)
    drawn: list[tuple[MapStop, Point]] = []
    colours: list[str] = []
    for number, route in enumerate(routes):
        for stop in route.stops:
            true_place = _shown_at(projection, stop.pin)
            place = _free_place(true_place, taken)
            taken.append(place)
            if place != true_place:
                canvas.line([true_place, place], PALE, 3)
            drawn.append((stop, place))
            colours.append(DONE_COLOUR if stop.is_done else _colour(number))
    for (stop, place), colour in zip(drawn, colours, strict=True):
        canvas.disc(place, DISC + 4, PAPER)
        canvas.disc(place, DISC, colour)
        canvas.text(place, str(stop.number), NUMBER_SIZE, "white")
        if not projection.is_inside(stop.pin):
            canvas.text((place[0], place[1] + DISC + 16), _distance(projection, stop.pin), NAME_SIZE, INK, halo=True)
    if len(routes) == 1 and len(drawn) <= NAMED_MOST:
        _draw_names(canvas, drawn, depots)


def _distance(projection: Projection, pin: Pin) -> str:
    """How far a pin outside the picture is from the middle of the others."""
    return f"{distance_m(projection.base, pin) / 1000:,.0f} km"


def _free_place(wanted: Point, taken: Sequence[Point]) -> Point:
    """The place itself, or the nearest one around it where a disc hides no other."""
    for ring in _RINGS:
        for step in range(_ANGLES if ring else 1):
            angle = 2 * math.pi * step / _ANGLES
            place = wanted[0] + ring * DISC * math.cos(angle), wanted[1] + ring * DISC * math.sin(angle)
            fits = all(DISC <= value <= SIZE - DISC for value in place)
            if fits and all(math.dist(place, other) >= 1.8 * DISC for other in taken):
                return place
    return wanted


def _draw_names(canvas: _Canvas, drawn: Sequence[tuple[MapStop, Point]], depots: Sequence[Point]) -> None:
    """Each name right or left of its disc, above or below it, where it hides nothing; else nowhere."""
    boxes = [(x - DISC, y - DISC, x + DISC, y + DISC) for x, y in [*depots, *(place for _, place in drawn)]]
    boxes += [(0.0, SIZE - 90.0, 420.0, float(SIZE)), (SIZE - 100.0, 0.0, float(SIZE), 130.0)]
    for stop, (x, y) in drawn:
        words = stop.name if len(stop.name) <= LONGEST_NAME else stop.name[: LONGEST_NAME - 1] + "…"
        width, height = _font(NAME_SIZE).getlength(words) / FINER, float(NAME_SIZE + 6)
        corners = (
            (x + DISC + 6, y - height / 2),
            (x - DISC - 6 - width, y - height / 2),
            (x - width / 2, y - DISC - 4 - height),
            (x - width / 2, y + DISC + 4),
        )
        for left, top in corners:
            box = (left, top, left + width, top + height)
            inside = left >= 6 and top >= 6 and box[2] <= SIZE - 6 and box[3] <= SIZE - 6
            if words and inside and not any(_overlap(box, other) for other in boxes):
                canvas.text((left, top + height / 2), words, NAME_SIZE, INK, "lm", halo=True)
                boxes.append(box)
                break


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _draw_scale(canvas: _Canvas, projection: Projection) -> None:
    metres = _bar_m(projection)
    length = metres / projection.metres_a_pixel
    left, base = 44.0, SIZE - 44.0
    canvas.line([(left, base - 12), (left, base), (left + length, base), (left + length, base - 12)], INK, 4)
    words = f"{metres} m" if metres < 1000 else f"{metres // 1000:,} km"
    canvas.text((left + 6, base - 24), words, SCALE_SIZE, INK, "lm", halo=True)


def _draw_north(canvas: _Canvas) -> None:
    x, y = SIZE - 52.0, 84.0
    canvas.polygon([(x, y - 42), (x - 18, y + 14), (x, y)], INK)
    canvas.polygon([(x, y - 42), (x + 18, y + 14), (x, y)], PALE)
    canvas.text((x, y + 34), "N", SCALE_SIZE, INK, halo=True)


def _draw_legend(canvas: _Canvas, routes: Sequence[MapRoute]) -> None:
    for number, route in enumerate(routes):
        y = 44.0 + 38 * number
        canvas.disc((44, y), 12, _colour(number))
        canvas.text((68, y), route.label, SCALE_SIZE, INK, "lm", halo=True)
