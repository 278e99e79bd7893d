"""The map picture: whatever the pins, a clean square of a phone's size with every stop in it."""

import io
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from bot.domain.geo import Pin
from bot.services.maps.picture import FONT, PAPER, ROUTE_COLOURS, SIZE, MapRoute, MapStop, draw_map
from bot.services.maps.projecting import fit, round_length_m

HOME = Pin(lat=1.30, lng=103.85)
LONDON = Pin(lat=51.5, lng=-0.1)


def route(*pins: Pin, start: Pin | None = HOME) -> MapRoute:
    stops = tuple(MapStop(number=number, pin=pin, name=f"客户 {number}") for number, pin in enumerate(pins, start=1))
    return MapRoute(stops=stops, start=start, end=start)


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def colours_of(image: Image.Image) -> set[str]:
    found = image.getcolors(maxcolors=SIZE * SIZE) or []
    return {"#{:02x}{:02x}{:02x}".format(*pixel) for _, pixel in found}  # type: ignore[misc] # RGB pixels are triples


def test_a_route_is_a_square_picture_that_a_phone_shows_at_once() -> None:
    png = draw_map([route(*(Pin(lat=1.28 + 0.01 * step, lng=103.80 + 0.02 * step) for step in range(9)))])
    image = opened(png)
    assert image.size == (SIZE, SIZE)
    assert len(png) < 400_000
    assert ROUTE_COLOURS[0] in colours_of(image)


def test_the_same_route_gives_the_same_bytes() -> None:
    assert draw_map([route(HOME, LONDON)]) == draw_map([route(HOME, LONDON)])


def test_each_day_of_a_week_has_its_colour() -> None:
    days = [route(Pin(lat=1.3 + day / 100, lng=103.8), Pin(lat=1.3 + day / 100, lng=103.9)) for day in range(5)]
    assert set(ROUTE_COLOURS[:5]) <= colours_of(opened(draw_map(days)))


@pytest.mark.parametrize(
    "pins",
    [
        (),
        (HOME,),
        (HOME,) * 12,
        (HOME, LONDON),
        (Pin(lat=0.0, lng=179.9), Pin(lat=0.0, lng=-179.9)),
        (Pin(lat=90.0, lng=0.0), Pin(lat=-90.0, lng=0.0)),
        tuple(Pin(lat=1.3 + number / 5000, lng=103.8) for number in range(60)),
    ],
    ids=["nobody", "one", "one point", "another continent", "date line", "poles", "crowd"],
)
def test_odd_places_still_give_a_picture(pins: tuple[Pin, ...]) -> None:
    image = opened(draw_map([route(*pins)]))
    assert image.getpixel((3, SIZE // 2 + 3)) is not None
    assert PAPER in colours_of(image)
    opened(draw_map([route(*pins, start=None)]))


def test_a_customer_on_another_continent_does_not_press_the_others_into_a_dot() -> None:
    near = [Pin(lat=1.28 + 0.01 * step, lng=103.80 + 0.02 * step) for step in range(5)]
    projection = fit([*near, LONDON], size=SIZE, margin=150)
    assert all(projection.is_inside(pin) for pin in near)
    assert not projection.is_inside(LONDON)
    assert all(0 <= value <= SIZE for value in projection.at_edge(LONDON))
    assert math.dist(projection.place(near[0]), projection.place(near[-1])) > SIZE / 2


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2)), min_size=1, max_size=20))
def test_what_lies_together_is_inside_the_margin(offsets: list[tuple[float, float]]) -> None:
    pins = [Pin(lat=30.2 + lat, lng=120.1 + lng) for lat, lng in offsets]
    projection = fit(pins, size=SIZE, margin=150)
    for pin in pins:
        assert all(140 <= value <= SIZE - 140 for value in projection.place(pin))


def test_a_scale_bar_shows_a_round_length() -> None:
    assert [round_length_m(metres) for metres in (0.2, 1, 9.9, 47, 199, 200, 5_500)] == [1, 1, 5, 20, 100, 200, 5_000]


def test_the_font_has_both_chinese_scripts() -> None:
    font = ImageFont.truetype(str(FONT), 20, layout_engine=ImageFont.Layout.BASIC)
    missing = bytes(font.getmask("\uffff"))
    for letter in "杭州龙井茶庄臺灣龍門體育館Az09":
        assert bytes(font.getmask(letter)) != missing, letter
