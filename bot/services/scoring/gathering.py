"""Reads what a team is scored from, as arrays, in one view of the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.scoring.arrays import Flags, Floats, Ints
from bot.domain.scoring.lifecycle import LifecycleStage
from bot.domain.scoring.order_book import OrderBook
from bot.domain.scoring.rfm import RfmMethod
from bot.domain.scoring.segments import Segment
from bot.domain.scoring.settings import ScoringSettings
from bot.domain.vocabulary import Grade, GradeSource
from bot.services.team_settings import scoring_of
from bot.store.bulk import read_rows
from bot.store.tables import (
    Customer,
    CustomerJudgement,
    CustomerScore,
    GradeDecision,
    Order,
    ScoreSnapshot,
    Team,
    TeamScoring,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A customer as it stands before a refresh."""

    customer_id: int
    owner_id: int | None
    grade: Grade | None
    source: GradeSource | None
    is_ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a customer stands, as far as it can fall."""

    segment: Segment | None
    lifecycle: LifecycleStage
    at_risk: bool
    p_alive: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Before(State):
    """What the last refresh found of a customer."""

    waiting: Grade | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """The last snapshot of a customer in the current month."""

    grade: Grade | None
    segment: Segment | None
    lifecycle: LifecycleStage


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything of a team that its scores come from. ``judgements`` has the columns margin, influence, growth.

    ``future`` and ``foreign`` count each customer's orders dated later than ``on``, and in another currency. ``ends``
    are the last days of running overrides.
    """

    team_id: int
    on: date
    settings: ScoringSettings
    customers: Sequence[Known]
    book: OrderBook
    future: Ints
    foreign: Ints
    judgements: Floats
    joint_project: Flags
    no_need: Flags
    before: Mapping[int, Before]
    noted: Mapping[int, Noted]
    ends: Mapping[int, date | None]
    method_before: RfmMethod | None
    settings_before: ScoringSettings | None
    last_on: date | None

    @property
    def is_review(self) -> bool:
        """Whether this is the month's review of grades: its first refresh."""
        return self.last_on is None or self.last_on < self.on.replace(day=1)


async def gather(session: AsyncSession, team: Team, on: date) -> Inputs:
    """Read a team as of a date. Raises ValueError where its stored settings are impossible."""
    assert team.id is not None
    customers = await _customers(session, team.id)
    ids = np.array([customer.customer_id for customer in customers], dtype=np.int64)
    book, future, foreign = await read_orders(session, team.id, team.currency, ids, on)
    judgements, joint_project, no_need = await _judgements(session, team.id, ids)
    last = await last_scoring(session, team.id)
    return Inputs(
        team_id=team.id,
        on=on,
        settings=scoring_of(team.settings),
        customers=customers,
        book=book,
        future=future,
        foreign=foreign,
        judgements=judgements,
        joint_project=joint_project,
        no_need=no_need,
        before=await _before(session, team.id),
        noted=await _noted(session, team.id, on),
        ends=await _override_ends(session, team.id),
        method_before=last.rfm_method if last else None,
        settings_before=ScoringSettings.load(last.facts["settings"]) if last else None,
        last_on=last.on if last else None,
    )


async def last_scoring(session: AsyncSession, team_id: int) -> TeamScoring | None:
    """The team's last refresh."""
    query = select(TeamScoring).where(col(TeamScoring.team_id) == team_id).order_by(col(TeamScoring.on).desc()).limit(1)
    return (await session.exec(query)).first()


async def _customers(session: AsyncSession, team_id: int) -> list[Known]:
    query = (
        select(
            col(Customer.id),
            col(Customer.owner_id),
            col(Customer.grade),
            col(Customer.grade_source),
        )
        .where(col(Customer.team_id) == team_id)
        .order_by(col(Customer.id))
    )
    ended = select(col(Customer.id)).where(col(Customer.team_id) == team_id, col(Customer.ended_at).is_not(None))
    is_ended = set((await session.exec(ended)).all())
    return [
        Known(customer_id=identity, owner_id=owner, grade=grade, source=source, is_ended=identity in is_ended)
        for identity, owner, grade, source in await read_rows(session, query)
        if identity is not None
    ]


async def read_orders(
    session: AsyncSession, team_id: int, currency: str, ids: Ints, on: date, *, only: bool = False
) -> tuple[OrderBook, Ints, Ints]:
    """The orders of a team's customers up to a date, ``ids`` being sorted and all of them, or with ``only`` some.

    Beside the book: how many orders of each are dated later, and how many are in another currency.
    """
    query = select(
        col(Order.customer_id), col(Order.ordered_on), col(Order.amount_minor), col(Order.currency) != currency
    ).where(col(Order.team_id) == team_id)
    if only:
        query = query.where(col(Order.customer_id).in_(ids.tolist()))
    rows = await read_rows(session, query)
    who, day, amount, is_foreign = zip(*rows, strict=True) if rows else ((), (), (), ())
    book = OrderBook.of(
        size=len(ids),
        who=np.searchsorted(ids, np.array(who, dtype=np.int64)),
        day=np.array([one.toordinal() for one in day], dtype=np.int64),
        amount=np.array(amount, dtype=np.int64),
        is_foreign=np.array(is_foreign, dtype=np.bool_),
    )
    return book.until(on.toordinal()), book.count(book.day > on.toordinal()), book.count(book.is_foreign)


async def _judgements(session: AsyncSession, team_id: int, ids: Ints) -> tuple[Floats, Flags, Flags]:
    values = np.full((len(ids), 3), np.nan)
    joint_project, no_need = np.zeros(len(ids), dtype=np.bool_), np.zeros(len(ids), dtype=np.bool_)
    columns: tuple[Any, ...] = (
        col(CustomerJudgement.customer_id),
        col(CustomerJudgement.joint_project),
        col(CustomerJudgement.no_need),
        col(CustomerJudgement.margin_percent),
        col(CustomerJudgement.influence),
        col(CustomerJudgement.growth),
    )
    rows = await read_rows(session, select(*columns).where(col(CustomerJudgement.team_id) == team_id))
    if rows:
        who, joint, unneeded, *said = zip(*rows, strict=True)
        places = np.searchsorted(ids, np.array(who, dtype=np.int64))
        values[places] = np.array(said, dtype=np.float64).T  # None becomes nan
        joint_project[places], no_need[places] = joint, unneeded
    return values, joint_project, no_need


async def _before(session: AsyncSession, team_id: int) -> dict[int, Before]:
    columns: tuple[Any, ...] = (
        col(CustomerScore.customer_id),
        col(CustomerScore.segment),
        col(CustomerScore.lifecycle),
        col(CustomerScore.at_risk),
        col(CustomerScore.p_alive),
        col(CustomerScore.waiting),
    )
    query = select(*columns).where(col(CustomerScore.team_id) == team_id)
    return {
        row[0]: Before(segment=row[1], lifecycle=row[2], at_risk=row[3], p_alive=row[4], waiting=row[5])
        for row in await read_rows(session, query)
    }


async def _noted(session: AsyncSession, team_id: int, on: date) -> dict[int, Noted]:
    columns: tuple[Any, ...] = (
        col(ScoreSnapshot.customer_id),
        col(ScoreSnapshot.grade),
        col(ScoreSnapshot.segment),
        col(ScoreSnapshot.lifecycle),
    )
    query = (
        select(*columns)
        .where(col(ScoreSnapshot.team_id) == team_id, col(ScoreSnapshot.on) >= on.replace(day=1))
        .order_by(col(ScoreSnapshot.on))
    )
    return {row[0]: Noted(grade=row[1], segment=row[2], lifecycle=row[3]) for row in await read_rows(session, query)}


async def _override_ends(session: AsyncSession, team_id: int) -> dict[int, date | None]:
    query = select(col(GradeDecision.customer_id), func.max(GradeDecision.until)).where(
        col(GradeDecision.team_id) == team_id,
        col(GradeDecision.source) == GradeSource.OVERRIDE,
        col(GradeDecision.ended_at).is_(None),
    )
    return dict((await session.exec(query.group_by(col(GradeDecision.customer_id)))).all())


async def team_by_id(session: AsyncSession, team_id: int) -> Team:
    """A team. Raises LookupError when there is none."""
    team = await session.get(Team, team_id)
    if team is None:
        raise LookupError(f"no team {team_id}")
    return team
