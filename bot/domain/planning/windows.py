"""From opening hours and midday rests to the windows in which a visit may start."""

from collections.abc import Sequence

from bot.domain.planning.problem import Window


def starting_windows(opening: Sequence[Window], *, service_s: int, rests: Sequence[Window] = ()) -> tuple[Window, ...]:
    """Starts that let the whole visit fall into one opening, clear of every rest.

    ``opening`` and ``rests`` are spans of the day here. Where no piece is as long as the visit, it may start at the
    opening of the longest one: a short visit beats none. Nothing open gives no windows.
    """
    free = list(opening)
    for rest in rests:
        free = [piece for span in free for piece in _cut(span, rest)]
    roomy = [span for span in free if span.closes_s - span.opens_s >= service_s]
    if roomy:
        return tuple(sorted(Window(opens_s=span.opens_s, closes_s=span.closes_s - service_s) for span in roomy))
    if not free:
        return ()
    longest = max(free, key=lambda span: (span.closes_s - span.opens_s, -span.opens_s))
    return (Window(opens_s=longest.opens_s, closes_s=longest.opens_s),)


def _cut(span: Window, rest: Window) -> list[Window]:
    if rest.closes_s <= span.opens_s or rest.opens_s >= span.closes_s:
        return [span]
    pieces = []
    if span.opens_s < rest.opens_s:
        pieces.append(Window(opens_s=span.opens_s, closes_s=rest.opens_s))
    if rest.closes_s < span.closes_s:
        pieces.append(Window(opens_s=rest.closes_s, closes_s=span.closes_s))
    return pieces
