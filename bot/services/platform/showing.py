"""The boss's question as figures: how many could buy, are known, are worked, buy; and what to change."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.platform import (
    Curve,
    draw_curve,
    find_key_accounts,
    low_coverages,
    measure_imbalance,
    part_of_potential,
    propose,
    propose_swaps,
)
from bot.domain.scoring.settings import Threshold, Thresholds
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import Grade, Role
from bot.services.platform.coverage import recent_coverage
from bot.services.platform.reading import Held, Sales, Scope, read_sales, read_territory, scope_of, territory_size
from bot.store.tables import Member

LIVING = "platform"
SWAPS_SHOWN = 5
PAGE = 8
GRADES = (Grade.A, Grade.B, Grade.C, Grade.D)


def whose(acting: Acting, member_id: int | None) -> int | None:
    """Whose territory is shown: a rep's own; a leader's choice, or with None the team's. Raises Refused."""
    if not acting.sees_team:
        if member_id not in (None, acting.member_id):
            raise Refused("not_for_your_role")
        return acting.member_id
    return member_id


async def platform_screen(
    session: AsyncSession, acting: Acting, member_id: int | None, now: datetime, *, below: bool = False
) -> Screen:
    """The figures of a territory with their change since last month. Raises Refused."""
    scope = scope_of(acting, whose(acting, member_id), now)
    sales = await read_sales(session, acting, scope.today)
    held = await read_territory(session, scope, sales)
    facts: dict[str, Json] = {
        "own": scope.member_id == acting.member_id,
        "member_id": scope.member_id or 0,
        "member": await _member_name(session, scope),
        "members": await _members(session, acting) if acting.sees_team and scope.member_id is None else [],
        "records": acting.records and scope.member_id == acting.member_id,
        "currency": acting.currency,
        "foreign": sales.foreign,
        **await _market(session, scope, held),
        "work": _work(scope, held, acting.scoring.thresholds),
        "buying": _buying(scope, held, sales),
        "low": await _low_coverages(session, scope, acting.scoring.thresholds),
    }
    return Screen(template="replies/platform", facts=facts, living=LIVING, place=Place.BELOW if below else Place.EDIT)


async def _market(session: AsyncSession, scope: Scope, held: Sequence[Held]) -> dict[str, Json]:
    """The market platform. A change is None where last month is not known."""
    size = await territory_size(session, scope)
    size_before = await territory_size(session, scope, before=scope.month_start)
    new = sum(one.created_at >= scope.month_start for one in held)
    visited = [one.first_visit_at for one in held if one.first_visit_at is not None]
    grades = Counter(one.grade for one in held)
    before = Counter(one.grade_before for one in held if one.has_snapshot)
    knows_before = any(one.has_snapshot for one in held)
    return {
        "size": size,
        "size_change": None if size is None or size_before is None else size - size_before,
        "profiles": len(held),
        "profiles_change": new,
        "completeness": round(100 * sum(one.completeness for one in held) / len(held)) if held else None,
        "visited": len(visited),
        "visited_change": sum(at >= scope.month_start for at in visited),
        "grades": {grade.value: grades[grade] for grade in GRADES},
        "grade_changes": {grade.value: grades[grade] - before[grade] for grade in GRADES} if knows_before else None,
        "ungraded": grades[None],
    }


def _work(scope: Scope, held: Sequence[Held], thresholds: Thresholds) -> dict[str, Json]:
    """The work platform, and the proposal where there is none."""
    on = [one for one in held if one.place is not None]
    active = [one for one in on if one.place is not None and not one.place.reserve]
    values = {one.customer_id: max(0, one.year_minor) for one in held}
    proposal = propose((one.candidate(scope.today) for one in held), thresholds)
    imbalance = measure_imbalance(one.grade for one in active)
    grades = Counter(one.grade for one in active)
    proposed = Counter(one.grade for one in held if one.customer_id in set(proposal.active))
    part = part_of_potential([one.customer_id for one in active] if on else proposal.active, values)
    return {
        "chosen": bool(on),
        "active": len(active),
        "reserve": len(on) - len(active),
        "a": grades[Grade.A],
        "b": grades[Grade.B],
        "low": imbalance.low,
        "mostly_c": imbalance.is_mostly_c,
        "target_a": int(thresholds[Threshold.WORK_A]),
        "target_b": int(thresholds[Threshold.WORK_B]),
        "target_reserve": int(thresholds[Threshold.WORK_RESERVE]),
        "swaps": len(_swaps(scope, held)),
        "proposed": len(proposal.active),
        "proposed_a": proposed[Grade.A],
        "proposed_b": proposed[Grade.B],
        "proposed_reserve": len(proposal.reserve),
        "percent": None if part is None else round(100 * part),
    }


def _swaps(scope: Scope, held: Sequence[Held]) -> list[tuple[Held, Held]]:
    by_id = {one.customer_id: one for one in held}
    proposed = propose_swaps(
        (one.candidate(scope.today) for one in held if one.place is not None and not one.place.reserve),
        (one.candidate(scope.today) for one in held if one.place is None or one.place.reserve),
    )
    return [(by_id[one.out_id], by_id[one.in_id]) for one in proposed]


def _buying(scope: Scope, held: Sequence[Held], sales: Sales) -> dict[str, Json]:
    """The buying platform with its key accounts and its curve."""
    marked = [one.customer_id for one in held if one.is_key_account]
    key_accounts = find_key_accounts(sales.last_year, sales.year_before, marked)
    buyers = [one for one in held if one.is_buying(scope.today)]
    top = draw_curve(one.year_minor for one in held).top_part
    return {
        "count": len(buyers),
        "key_accounts": sum(one.customer_id in key_accounts for one in held),
        "top_percent": None if top is None else round(100 * top),
    }


async def curve_of(session: AsyncSession, acting: Acting, member_id: int | None, now: datetime) -> Curve:
    """The 80/20 curve of a territory. Raises Refused."""
    scope = scope_of(acting, whose(acting, member_id), now)
    held = await read_territory(session, scope, await read_sales(session, acting, scope.today))
    return draw_curve(one.year_minor for one in held)


async def _low_coverages(session: AsyncSession, scope: Scope, thresholds: Thresholds) -> list[Json]:
    """Grades visited less than planned in the last four weeks."""
    coverages = await recent_coverage(session, scope.team_id, scope.today, member_id=scope.member_id)
    return [
        {"grade": grade.value, "percent": round(100 * (coverages[grade].part or 0))}
        for grade in low_coverages(coverages, thresholds)
    ]


async def _member_name(session: AsyncSession, scope: Scope) -> str | None:
    if scope.member_id is None:
        return None
    query = select(col(Member.name)).where(col(Member.team_id) == scope.team_id, col(Member.id) == scope.member_id)
    name = (await session.exec(query)).one_or_none()
    if name is None:
        raise Refused("no_such_member")
    return name


async def _members(session: AsyncSession, acting: Acting) -> list[Json]:
    query = select(Member).where(
        col(Member.team_id) == acting.team_id,
        col(Member.left_at).is_(None),
        (col(Member.role) == Role.REP) | col(Member.sells),
        col(Member.role) != Role.SERVICE,
    )
    return [{"id": one.id, "name": one.name} for one in (await session.exec(query.order_by(col(Member.name)))).all()]


async def size_screen(session: AsyncSession, acting: Acting, now: datetime) -> Screen:
    """Sizes to choose from, from what is known on."""
    scope = scope_of(acting, acting.member_id, now)
    held = await read_territory(session, scope, await read_sales(session, acting, scope.today))
    facts: dict[str, Json] = {"profiles": len(held), "sizes": list[Json](likely_sizes(len(held)))}
    return Screen(template="replies/platform_size", facts=facts, living=LIVING)


def likely_sizes(profiles: int) -> list[int]:
    """Round numbers from the profiles to about five times as many."""
    sizes: list[int] = []
    for factor in (1.0, 1.25, 1.5, 2.0, 3.0, 5.0):
        wanted = max(10.0, profiles * factor)
        unit = 10 ** max(1, math.floor(math.log10(wanted)) - 1)
        size = math.ceil(wanted / unit) * unit
        sizes += [size] if size not in sizes else []
    return sizes


async def swaps_screen(session: AsyncSession, acting: Acting, now: datetime) -> Screen:
    """The own swaps to accept one by one or all."""
    scope = scope_of(acting, acting.member_id, now)
    held = await read_territory(session, scope, await read_sales(session, acting, scope.today))
    swaps = _swaps(scope, held)
    items: list[Json] = [{"out": _line(out), "in": _line(new)} for out, new in swaps[:SWAPS_SHOWN]]
    facts: dict[str, Json] = {"items": items, "total": len(swaps)}
    return Screen(template="replies/platform_swaps", facts=facts, living=LIVING)


def _line(one: Held) -> dict[str, Json]:
    return {"id": one.customer_id, "name": one.name, "grade": one.grade.value if one.grade else None}


async def unvisited_screen(
    session: AsyncSession, acting: Acting, member_id: int | None, number: int, now: datetime
) -> Screen:
    """A page of those who were never visited, the best first. Raises Refused."""
    scope = scope_of(acting, whose(acting, member_id), now)
    held = await read_territory(session, scope, await read_sales(session, acting, scope.today))
    never = sorted(
        (one for one in held if one.first_visit_at is None), key=lambda one: one.candidate(scope.today).order
    )
    pages = max(1, -(-len(never) // PAGE))
    number = min(number, pages - 1)
    facts: dict[str, Json] = {
        "items": [_line(one) for one in never[number * PAGE : (number + 1) * PAGE]],
        "total": len(never),
        "number": number,
        "pages": pages,
        "member": scope.member_id or 0,
    }
    return Screen(template="replies/platform_unvisited", facts=facts, living=LIVING)
