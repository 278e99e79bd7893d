"""Files as they come, read into tables under a team's time zone and currency."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.services.importing.column_maps import joined, load_maps
from bot.services.importing.columns import Kind
from bot.services.importing.guessing import UnknownColumnsError, guess_columns
from bot.services.importing.plan import TablePlan, TableState
from bot.services.importing.reading import read_sheets
from bot.services.importing.recognising import Maps, recognise
from bot.services.importing.row_reading import Frame
from bot.services.importing.rows import Fault
from bot.services.importing.tables import Table, read_table
from bot.store.tables import Team
from bot.store.unit import Store

HOLDS_NOTHING = frozenset({"kind_not_taken", "no_rows"})
"""Refusals of a file that is well and has nothing to take: beside others it is no hindrance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Files as read: the tables in the order in which they need each other, and the files that could not be read."""

    tables: tuple[Table, ...]
    unreadable: tuple[TablePlan, ...]

    @property
    def rows(self) -> int:
        return sum(len(table.rows) for table in self.tables)


async def read_files(
    store: Store, team_id: int, sources: Sequence[SourceFile], kind: Kind | None = None, maps: Maps | None = None
) -> Reading:
    """Read files in a worker thread, under the team's zone, currency and column map. A file that cannot be read is part
    of the answer, not an error. ``kind`` says what all of them hold, instead of their headers; ``maps`` go before what
    the team said of its columns earlier."""
    async with store.read() as session:
        team = await load_team(session, team_id)
        known = joined(await load_maps(session, team_id), maps or {})
    frame = Frame(zone=ZoneInfo(team.timezone), currency=team.currency)
    tables: list[Table] = []
    unreadable: list[TablePlan] = []
    for source in sources:
        try:
            tables.extend(await asyncio.to_thread(read_source, source, frame, kind, known))
        except Refused as refusal:
            params = {name: value for name, value in refusal.params.items() if isinstance(value, str | int)}
            problem = Fault(code=refusal.code, params=params)
            state = TableState.NOTHING if refusal.code in HOLDS_NOTHING else TableState.UNREADABLE
            guess = refusal.guess if isinstance(refusal, UnknownColumnsError) else None
            unreadable.append(TablePlan(file=source.name, state=state, problem=problem, guess=guess))
    order = list(Kind)
    tables.sort(key=lambda table: order.index(table.layout.kind))
    return Reading(tables=tuple(tables), unreadable=tuple(unreadable))


def read_source(source: SourceFile, frame: Frame, kind: Kind | None = None, maps: Maps | None = None) -> list[Table]:
    """Read one file; blocking. Sheets without a known header are passed over unless all are like that, then the first
    one's refusal is raised, with what its columns may mean as an UnknownColumnsError."""
    tables: list[Table] = []
    refusals: list[Refused] = []
    for sheet in read_sheets(source.content):
        try:
            layout = recognise(sheet, kind, maps)
        except Refused as refusal:
            guess = guess_columns(sheet, kind, maps) if refusal.code == "header_not_found" else None
            refusals.append(refusal if guess is None else UnknownColumnsError(refusal, guess))
            continue
        tables.append(read_table(source.name, sheet, layout, frame))
    if not tables:
        raise refusals[0]
    if not any(table.rows or table.bad for table in tables):
        raise Refused("no_rows")
    return tables


async def load_team(session: AsyncSession, team_id: int, *, lock: bool = False) -> Team:
    """The team; with ``lock`` nobody else imports into it until the transaction ends.

    Raises Refused("unknown_team").
    """
    query = select(Team).where(Team.id == team_id)
    team = (await session.exec(query.with_for_update() if lock else query)).one_or_none()
    if team is None:
        raise Refused("unknown_team")
    return team
