"""The saved column map of a team: what its own column names mean. Asked once, used by every later import."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.services.importing.columns import COLUMNS, Kind, header_key
from bot.services.importing.recognising import Maps
from bot.store.tables import ColumnMap

HEADER_MAX = 200


async def load_maps(session: AsyncSession, team_id: int) -> Maps:
    """What the team's columns mean, by kind and key of the header. A field that is no more is left out."""
    maps: dict[Kind, dict[str, str]] = {}
    for row in (await session.exec(select(ColumnMap).where(col(ColumnMap.team_id) == team_id))).all():
        if row.kind in list(Kind) and row.field in COLUMNS[Kind(row.kind)]:
            maps.setdefault(Kind(row.kind), {})[row.header] = row.field
    return maps


async def keep_maps(session: AsyncSession, team_id: int, kind: Kind, fields: Mapping[str, str], now: datetime) -> None:
    """Remember fields by header. A header means one thing, and what it meant before is forgotten."""
    for header, field in fields.items():
        key = header_key(header)[:HEADER_MAX]
        if not key:
            continue
        same = (col(ColumnMap.team_id) == team_id, col(ColumnMap.kind) == kind.value, col(ColumnMap.header) == key)
        await session.exec(delete(ColumnMap).where(*same))
        session.add(ColumnMap(team_id=team_id, kind=kind.value, header=key, field=field, mapped_at=now))
    await session.flush()


async def forget_maps(session: AsyncSession, team_id: int, kind: Kind, field: str, headers: Mapping[str, int]) -> None:
    """Let none of some headers mean a field any more."""
    keys = [header_key(header)[:HEADER_MAX] for header in headers]
    same = (col(ColumnMap.team_id) == team_id, col(ColumnMap.kind) == kind.value, col(ColumnMap.field) == field)
    await session.exec(delete(ColumnMap).where(*same, col(ColumnMap.header).in_(keys)))


def read_map(text: str, kind: Kind | None) -> Maps:
    """A ``column=field`` of the command line, for the kinds that have the field.

    Raises Refused: map_not_understood, unknown_field.
    """
    header, found, name = text.rpartition("=")
    field = name.strip()
    if not found or not header_key(header):
        raise Refused("map_not_understood", text=text)
    kinds = [one for one in ([kind] if kind else Kind) if field in COLUMNS[one]]
    if not kinds:
        known = sorted({name for one in ([kind] if kind else Kind) for name in COLUMNS[one]})
        raise Refused("unknown_field", field=field, known=", ".join(known))
    return {one: {header_key(header): field} for one in kinds}


def joined(first: Maps, second: Maps) -> Maps:
    """Both maps; where they differ the second one holds."""
    return {kind: {**first.get(kind, {}), **second.get(kind, {})} for kind in Kind}
