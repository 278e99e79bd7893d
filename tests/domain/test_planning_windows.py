"""Opening hours and rests become windows for the start of a visit."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.planning.problem import Window
from bot.domain.planning.windows import starting_windows
from tests.domain.planning_days import clock

DAY = Window(opens_s=clock(9), closes_s=clock(18))
REST = Window(opens_s=clock(12), closes_s=clock(13, 30))
SPANS = st.tuples(st.integers(0, 86_400), st.integers(0, 86_400)).map(
    lambda pair: Window(opens_s=min(pair), closes_s=max(pair))
)


def test_a_visit_ends_before_closing() -> None:
    assert starting_windows([DAY], service_s=45 * 60) == (Window(opens_s=clock(9), closes_s=clock(17, 15)),)


def test_a_visit_keeps_clear_of_the_rest() -> None:
    assert starting_windows([DAY], service_s=30 * 60, rests=[REST]) == (
        Window(opens_s=clock(9), closes_s=clock(11, 30)),
        Window(opens_s=clock(13, 30), closes_s=clock(17, 30)),
    )


def test_a_piece_too_short_for_the_visit_is_no_window() -> None:
    late_opening = Window(opens_s=clock(11, 45), closes_s=clock(18))
    assert starting_windows([late_opening], service_s=30 * 60, rests=[REST]) == (
        Window(opens_s=clock(13, 30), closes_s=clock(17, 30)),
    )


def test_a_short_visit_beats_none() -> None:
    brief = Window(opens_s=clock(10), closes_s=clock(10, 20))
    assert starting_windows([brief], service_s=3600) == (Window(opens_s=clock(10), closes_s=clock(10)),)


def test_closed_is_closed() -> None:
    assert starting_windows([], service_s=60) == ()
    assert starting_windows([REST], service_s=60, rests=[DAY]) == ()


@given(st.lists(SPANS, max_size=3), st.lists(SPANS, max_size=3), st.integers(0, 7_200))
def test_no_window_lets_a_visit_touch_a_rest_unless_it_fits_nowhere(
    opening: list[Window], rests: list[Window], service_s: int
) -> None:
    windows = starting_windows(opening, service_s=service_s, rests=rests)
    if len(windows) > 1:
        for window in windows:
            for rest in rests:
                assert window.closes_s + service_s <= rest.opens_s or window.opens_s >= rest.closes_s
    for window in windows:
        assert any(span.opens_s <= window.opens_s <= span.closes_s for span in opening)
