"""Segments and lifecycle stages as lists to walk through, each with its action and the purpose of a visit."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.scoring.lifecycle import LifecycleStage
from bot.domain.scoring.segments import PURPOSES, Segment
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import Purpose
from bot.services.scoring.gathering import last_scoring
from bot.services.scoring.team_screens import share_facts
from bot.store.bulk import read_rows
from bot.store.customers import visible_customers
from bot.store.tables import Customer, CustomerScore, TeamScoring

PAGE = 6
AT_RISK = "at_risk"
SHOWN_STAGES = (
    LifecycleStage.PROSPECT,
    LifecycleStage.NEW,
    LifecycleStage.GROWING,
    LifecycleStage.MATURE,
    LifecycleStage.DECLINING,
    LifecycleStage.DORMANT,
    LifecycleStage.WON_BACK,
    LifecycleStage.LOST,
)
STAGE_PURPOSES: Mapping[str, Purpose] = MappingProxyType(
    {
        LifecycleStage.PROSPECT: Purpose.FIRST_CONTACT,
        LifecycleStage.NEW: Purpose.CHECK_PROGRESS,
        LifecycleStage.GROWING: Purpose.DISCUSS_SOLUTION,
        LifecycleStage.MATURE: Purpose.KEEP_RELATIONSHIP,
        LifecycleStage.DECLINING: Purpose.CHECK_PROGRESS,
        LifecycleStage.DORMANT: Purpose.MARKET_RESEARCH,
        LifecycleStage.WON_BACK: Purpose.KEEP_RELATIONSHIP,
        LifecycleStage.LOST: Purpose.MARKET_RESEARCH,
        AT_RISK: Purpose.KEEP_RELATIONSHIP,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One list: of a segment, of a stage, or of those at risk."""

    column: str
    value: str

    @property
    def purpose(self) -> Purpose:
        return PURPOSES[Segment(self.value)] if self.column == "segment" else STAGE_PURPOSES[self.value]

    @property
    def condition(self) -> Any:
        if self.value == AT_RISK:
            return col(CustomerScore.at_risk).is_(True)
        columns: dict[str, Any] = {"segment": CustomerScore.segment, "stage": CustomerScore.lifecycle}
        return col(columns[self.column]) == self.value


def walk_of(column: str, value: str) -> Walk:
    """The list of a button. Raises Refused("button_unknown") for what no button of ours says."""
    known = {one.value for one in Segment} if column == "segment" else {*SHOWN_STAGES, AT_RISK}
    if value not in known:
        raise Refused("button_unknown")
    return Walk(column=column, value=value)


async def segments_screen(session: AsyncSession, acting: Acting, *, below: bool = False) -> Screen:
    """How many customers, and what sales, are in each segment."""
    scoring = await last_scoring(session, acting.team_id)
    groups = await _groups(session, acting, CustomerScore.segment)
    facts: dict[str, Json] = {
        "currency": acting.currency,
        "segments": [_group(segment.value, groups, acting) for segment in Segment if segment in groups],
        **_team_facts(scoring),
    }
    place = Place.BELOW if below else Place.EDIT
    return Screen(template="replies/segments", facts=facts, living="segments", place=place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The buyers with the same recency and frequency scores, and their sales of 12 months."""

    recency: int
    frequency: int
    customers: int
    sales_minor: int


async def rfm_fields(session: AsyncSession, acting: Acting) -> list[Field]:
    """The visible buyers by recency and frequency; who has no recency score is left out."""
    query = select(col(CustomerScore.parts), col(CustomerScore.sales_minor)).where(
        *_scope(acting), col(CustomerScore.segment).is_not(None)
    )
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for parts, sales in await read_rows(session, query):
        recency, frequency, _ = parts["rfm"]["scores"]
        count, total = found.get((recency, frequency), (0, 0))
        found[recency, frequency] = (count + 1, total + max(0, sales))
    return [
        Field(recency=recency, frequency=frequency, customers=count, sales_minor=sales)
        for (recency, frequency), (count, sales) in found.items()
    ]


async def stages_screen(session: AsyncSession, acting: Acting, *, below: bool = False) -> Screen:
    """How many customers, and what sales, are in each lifecycle stage, with the team's figures."""
    scoring = await last_scoring(session, acting.team_id)
    groups = await _groups(session, acting, CustomerScore.lifecycle)
    at_risk = await _count(session, acting, Walk(column="stage", value=AT_RISK))
    facts: dict[str, Json] = {
        "currency": acting.currency,
        "stages": [_group(stage.value, groups, acting) for stage in SHOWN_STAGES if stage in groups],
        "at_risk": at_risk,
        "figures": _figures(scoring) if acting.sees_team else None,
        **_team_facts(scoring),
    }
    place = Place.BELOW if below else Place.EDIT
    return Screen(template="replies/stages", facts=facts, living="stages", place=place)


async def walk_screen(session: AsyncSession, acting: Acting, walk: Walk, number: int) -> Screen:
    """A page of a list, those with most money at stake or in sales first; the last page when there are fewer."""
    total = await _count(session, acting, walk)
    pages = max(1, -(-total // PAGE))
    number = min(number, pages - 1)
    query = (
        select(Customer, CustomerScore)
        .join(CustomerScore, col(CustomerScore.customer_id) == col(Customer.id))
        .where(*_scope(acting), walk.condition)
        .order_by(
            col(CustomerScore.stake_minor).desc(), col(CustomerScore.sales_minor).desc(), col(CustomerScore.customer_id)
        )
        .offset(number * PAGE)
        .limit(PAGE)
    )
    lines: list[Json] = [_line(customer, score, acting) for customer, score in (await session.exec(query)).all()]
    facts: dict[str, Json] = {
        "column": walk.column,
        "value": walk.value,
        "purpose": walk.purpose.value,
        "lines": lines,
        "total": total,
        "number": number,
        "pages": pages,
        "records": acting.records,
        "currency": acting.currency,
    }
    return Screen(template="replies/score_walk", facts=facts, living=f"{walk.column}s")


def _line(customer: Customer, score: CustomerScore, acting: Acting) -> Json:
    return {
        "id": customer.id,
        "name": customer.name,
        "grade": customer.grade.value if customer.grade else None,
        "sales": str(from_minor(score.sales_minor, acting.currency)),
        "last_order_on": score.last_order_on.isoformat() if score.last_order_on else None,
        "ratio": score.overdue_ratio,
    }


def _scope(acting: Acting) -> tuple[Any, ...]:
    """The visible customers with whom business goes on."""
    visible = visible_customers(acting).where(col(Customer.ended_at).is_(None)).with_only_columns(col(Customer.id))
    return col(CustomerScore.team_id) == acting.team_id, col(CustomerScore.customer_id).in_(visible)


async def _groups(session: AsyncSession, acting: Acting, column: Any) -> dict[str, tuple[int, int]]:
    query = (
        select(col(column), func.count(), func.sum(CustomerScore.sales_minor)).where(*_scope(acting)).group_by(column)
    )
    rows = (await session.exec(query)).all()
    return {value: (count, int(sales or 0)) for value, count, sales in rows if value is not None}


async def _count(session: AsyncSession, acting: Acting, walk: Walk) -> int:
    query = select(func.count()).select_from(CustomerScore).where(*_scope(acting), walk.condition)
    return int((await session.exec(query)).one())


def _group(value: str, groups: Mapping[str, tuple[int, int]], acting: Acting) -> Json:
    count, sales = groups[value]
    return {"value": value, "count": count, "sales": str(from_minor(sales, acting.currency))}


def _team_facts(scoring: TeamScoring | None) -> dict[str, Json]:
    return {
        "on": scoring.on.isoformat() if scoring else None,
        "buyers": scoring.facts["buyers"] if scoring else 0,
        "rfm_method": scoring.rfm_method.value if scoring else None,
    }


def _figures(scoring: TeamScoring | None) -> dict[str, Json] | None:
    if scoring is None:
        return None
    stored: dict[str, Any] = scoring.facts["figures"]
    made: dict[str, Json] = {name: stored["months"][-1][name] for name in ("won", "lost", "won_back")}
    return made | {name: share_facts(*stored[name]) for name in ("repurchase", "retention")}
