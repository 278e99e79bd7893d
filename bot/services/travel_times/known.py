"""The travel times that are kept: read by every plan, great circle where none is, filled from a road server ahead."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import numpy as np
from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Unavailable
from bot.domain.geo import Pin
from bot.domain.planning.travel import DEFAULT_SPEED_KMH, GreatCircleTravel, TravelMatrix
from bot.services.travel_times.osrm import MOST_PLACES, ask_table
from bot.store.inserting import insert_if_new
from bot.store.tables import TravelTime
from bot.store.unit import Store

log = logging.getLogger(__name__)

KEPT = timedelta(days=90)
"""Roads change slowly; rows older than this are asked again."""

READ_MOST = 400
"""Places beyond which a plan does not read kept times: a matrix of thousands is great circle anyway."""

Way = tuple[str, str]


def key_of(pin: Pin) -> str:
    """A place as the table names it: five decimals, about a metre."""
    return f"{pin.lat:.5f},{pin.lng:.5f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadTravel:
    """Kept ways, and the great circle for all others: also for where a rep is now, which is never kept or asked."""

    ways: Mapping[Way, tuple[int, int]]
    otherwise: GreatCircleTravel = field(default_factory=GreatCircleTravel)

    def matrix(self, pins: Sequence[Pin]) -> TravelMatrix:
        """Seconds and metres for any pins."""
        plain = self.otherwise.matrix(pins)
        if not self.ways:
            return plain
        seconds, metres = plain.seconds.copy(), plain.metres.copy()
        keys = [key_of(pin) for pin in pins]
        for row, origin in enumerate(keys):
            for column, destination in enumerate(keys):
                way = self.ways.get((origin, destination))
                if way is not None:
                    seconds[row, column], metres[row, column] = way
        np.fill_diagonal(seconds, 0)
        return TravelMatrix(seconds=seconds, metres=metres)


def model_travel(factor: float) -> GreatCircleTravel:
    """The great circle at a team's own pace: its factor is how many times as long as usual a way takes."""
    return GreatCircleTravel(speed_kmh=DEFAULT_SPEED_KMH / factor)


async def known_travel(session: AsyncSession, pins: Sequence[Pin | None], factor: float = 1.0) -> RoadTravel:
    """What is kept of the ways between some places, else the model at a team's pace. Asks no server."""
    otherwise = model_travel(factor)
    keys = {key_of(pin) for pin in pins if pin is not None}
    if not 1 < len(keys) <= READ_MOST:
        return RoadTravel(ways={}, otherwise=otherwise)
    query = select(TravelTime).where(col(TravelTime.origin).in_(keys), col(TravelTime.destination).in_(keys))
    rows = (await session.exec(query.order_by(col(TravelTime.told_at)))).all()
    ways = {(row.origin, row.destination): (row.seconds, row.metres) for row in rows}
    return RoadTravel(ways=ways, otherwise=otherwise)


async def learn_travel(
    store: Store, client: httpx.AsyncClient, root: str, pins: Sequence[Pin | None], now: datetime
) -> int:
    """Ask a road server for the ways that are not kept yet, and keep them. Gives how many.

    Harmless when the server is away, hangs or lies: it says so in the log, and plans go by the great circle. Network
    first, then one short transaction.
    """
    places = list({key_of(pin): pin for pin in pins if pin is not None}.values())[:MOST_PLACES]
    async with store.read() as session:
        kept = await known_travel(session, places)
    missing = any(
        (key_of(origin), key_of(destination)) not in kept.ways
        for origin in places
        for destination in places
        if origin is not destination
    )
    if len(places) < 2 or not missing:
        return 0
    try:
        legs = await ask_table(client, root, places)
    except Unavailable as error:
        log.warning("no travel times: %s", error)
        return 0
    async with store.begin() as session:
        for leg in legs:
            values = {
                "origin": key_of(places[leg.origin]),
                "destination": key_of(places[leg.destination]),
                "server": root[:120],
                "seconds": leg.seconds,
                "metres": leg.metres,
                "told_at": now,
            }
            await insert_if_new(session, TravelTime, values, ("origin", "destination", "server"))
    return len(legs)


async def forget_old_travel(session: AsyncSession, now: datetime) -> int:
    """Drop what was told long ago."""
    return (await session.exec(delete(TravelTime).where(col(TravelTime.told_at) < now - KEPT))).rowcount
