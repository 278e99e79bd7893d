"""Asks an OSRM server for its table of durations and distances, and believes nothing that it says unchecked.

The format is OSRM's HTTP API, table service (``/table/v1/{profile}/{lng},{lat};…?annotations=duration,distance``).
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from bot.domain.errors import Unavailable
from bot.domain.geo import Pin, distance_m

PROFILE = "driving"
TIMEOUT_S = 5.0
MOST_PLACES = 100
"""What OSRM's default ``--max-table-size`` takes."""

FASTEST_M_S = 60.0
"""Nobody visits customers at more than 216 km/h as the crow flies: such an answer is a lie."""

SLOWEST_M_S = 0.2
NEAR_M = 1_000.0
"""Below this distance a slow answer may be a long way round."""

LONGEST_S = 7 * 24 * 3600
FAR = 1e12
BIGGEST_ANSWER = 20_000_000


class NonsenseError(Unavailable):
    """The server answered what cannot be true, or not in its own format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """Whole seconds (rounded up) and metres between two of the asked places, by their numbers."""

    origin: int
    destination: int
    seconds: int
    metres: int


async def ask_table(client: httpx.AsyncClient, root: str, pins: Sequence[Pin]) -> list[Leg]:
    """All legs between at most ``MOST_PLACES`` places; those that the server knows no way for are left out.

    Raises Unavailable when it does not answer in ``TIMEOUT_S``, refuses, or answers nonsense.
    """
    if len(pins) > MOST_PLACES:
        raise ValueError(f"at most {MOST_PLACES} places are asked at once, not {len(pins)}")
    places = ";".join(f"{pin.lng:.6f},{pin.lat:.6f}" for pin in pins)
    url = f"{root}/table/v1/{PROFILE}/{places}"
    try:
        async with asyncio.timeout(TIMEOUT_S):  # all of it: a server that drips never runs into httpx's own limit
            response = await client.get(url, params={"annotations": "duration,distance"}, timeout=TIMEOUT_S)
    except (httpx.HTTPError, TimeoutError) as error:
        raise Unavailable("the road server did not answer") from error
    if len(response.content) > BIGGEST_ANSWER:
        raise NonsenseError("the road server's answer is too long")
    try:
        answer = response.json()
    except ValueError as error:
        raise NonsenseError("the road server's answer is not JSON") from error
    code = answer.get("code") if isinstance(answer, dict) else None
    if response.status_code != httpx.codes.OK or code != "Ok":
        raise Unavailable(f"the road server refused: status {response.status_code}, {code}")
    return _legs(answer, pins)


def _legs(answer: dict[str, Any], pins: Sequence[Pin]) -> list[Leg]:
    durations = _square(answer.get("durations"), len(pins))
    distances = _square(answer.get("distances"), len(pins))
    legs = []
    for origin in range(len(pins)):
        for destination in range(len(pins)):
            seconds, metres = durations[origin][destination], distances[origin][destination]
            if origin == destination or seconds is None or metres is None:
                continue
            _check(seconds, metres, distance_m(pins[origin], pins[destination]))
            legs.append(Leg(origin=origin, destination=destination, seconds=math.ceil(seconds), metres=round(metres)))
    return legs


def _square(rows: Any, size: int) -> list[list[float | None]]:
    """A table of the right shape, numbers or null (OSRM's word for no way). Raises NonsenseError."""
    if not isinstance(rows, list) or len(rows) != size:
        raise NonsenseError("the road server's table has not a row for each place")
    for row in rows:
        if not isinstance(row, list) or len(row) != size:
            raise NonsenseError("a row of the road server's table has not a cell for each place")
        for cell in row:
            # Compared, and not asked whether it is finite: JSON has whole numbers beyond any float, and NaN is neither.
            is_number = isinstance(cell, int | float) and not isinstance(cell, bool) and -FAR <= cell <= FAR
            if cell is not None and not is_number:
                raise NonsenseError("a cell of the road server's table is no number")
    return rows


def _check(seconds: float, metres: float, straight_m: float) -> None:
    """Raise NonsenseError for what no road can be, snapping to the next road allowed for."""
    if not 0 <= seconds <= LONGEST_S or metres < 0:
        raise NonsenseError(f"a way takes 0 s to a week, not {seconds} s and {metres} m")
    if straight_m > NEAR_M and seconds * FASTEST_M_S < straight_m - NEAR_M:
        raise NonsenseError(f"{straight_m:.0f} m as the crow flies in {seconds} s")
    if metres > seconds * FASTEST_M_S + NEAR_M:
        raise NonsenseError(f"a road of {metres:.0f} m in {seconds} s")
    if metres < straight_m / 2 - NEAR_M:
        raise NonsenseError(f"a road of {metres:.0f} m between places {straight_m:.0f} m apart")
    if metres > NEAR_M and seconds * SLOWEST_M_S > max(metres, NEAR_M):
        raise NonsenseError(f"a road of {metres:.0f} m takes {seconds} s")
