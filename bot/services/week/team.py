"""A team's weeks, for who leads it: everybody's plan at a glance, planned together, accepted together."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.services.people import acting_by_member
from bot.services.team_day import sellers_of
from bot.services.week.accepting import accept_week
from bot.services.week.plan import PlannedWeek
from bot.services.week.showing import compact, week_facts
from bot.services.week.survey import WEEK
from bot.services.week.turns import reopen_turns
from bot.services.week.wishes import Wishes
from bot.services.work import Work
from bot.store import week_plans
from bot.store.tables import Member, WeekPlan

LIVING = "week:team"


async def team_screen(session: AsyncSession, acting: Acting, starts_on: date, *, below: bool) -> Screen:
    """Every seller's plan of the weeks from a Monday on: how much, who is not visited, and whether it is accepted."""
    rows = await _rows(session, acting, starts_on)
    reps: list[Json] = []
    visits = risk = 0
    for number, member in enumerate(await sellers_of(session, acting), start=1):
        row = rows.get(member.id or 0)
        week = PlannedWeek.from_json(row.plan) if row else None
        visits += week.visits if week else 0
        risk += week.risked_minor if week else 0
        reps.append(
            {
                "number": number,
                "member_id": member.id,
                "name": member.name,
                "is_asked": row is not None and row.asked_at is not None,
                "is_accepted": row is not None and row.accepted_at is not None,
                "is_planned": week is not None,
                "weeks": week.weeks if week else 1,
                "visits": week.visits if week else 0,
                "not_visited": len(week.not_visited) if week else 0,
            }
        )
    facts: dict[str, Json] = {
        "starts_on": starts_on.isoformat(),
        "code": compact(starts_on),
        "next_code": compact(starts_on + timedelta(days=WEEK)),
        "reps": reps,
        "visits": visits,
        "risk": str(from_minor(risk, acting.currency)),
        "currency": acting.currency,
        "waiting": any(row.asked_at is not None for row in rows.values()),
        "open": sum(row.accepted_at is None and row.asked_at is None for row in rows.values()),
        "sells": acting.records,
    }
    return Screen(template="replies/week_team", facts=facts, living=LIVING, place=Place.BELOW if below else Place.EDIT)


async def rep_screen(session: AsyncSession, acting: Acting, starts_on: date, member_id: int, part: int) -> Screen:
    """One seller's weeks to read, a week at a time. Raises Refused."""
    member = await _seller(session, acting, member_id)
    row = (await _rows(session, acting, starts_on)).get(member_id)
    week = PlannedWeek.from_json(row.plan) if row else None
    if row is None or week is None or not 0 <= part < week.weeks:
        raise Refused("week_not_ready")
    facts: dict[str, Json] = {
        **week_facts(week.part(part) if week.weeks > 1 else week, acting),
        "name": member.name,
        "member_id": member_id,
        "code": compact(starts_on),
        "part": part,
        "weeks": week.weeks,
        "is_accepted": row.accepted_at is not None,
        "gone": [entry.name for entry in week.not_visited[:6]],
    }
    return Screen(template="replies/week_rep", facts=facts, living=LIVING)


async def ask_for_team(work: Work, starts_on: date, weeks: int) -> None:
    """Want the weeks of every seller who has not accepted one: each proposal comes into its rep's own chat."""
    rows = await _rows(work.session, work.acting, starts_on)
    accepted = {member_id for member_id, row in rows.items() if row.accepted_at is not None}
    to_plan = [one.id for one in await sellers_of(work.session, work.acting) if one.id and one.id not in accepted]
    await reopen_turns(work, starts_on, weeks, to_plan)
    for member_id in to_plan:
        row = rows.get(member_id)
        seller = await acting_by_member(work.session, member_id)
        wishes = (Wishes.from_json(row.wishes) if row else Wishes()).over(weeks)
        await week_plans.ask_week(work.session, seller, starts_on, work.now, wishes=wishes.to_json(), show=True)


async def accept_for_team(work: Work, starts_on: date) -> None:
    """Make the visits of every proposal that stands. A second tap changes nothing."""
    for member_id, row in (await _rows(work.session, work.acting, starts_on)).items():
        week = PlannedWeek.from_json(row.plan)
        if week is None or row.accepted_at is not None or row.asked_at is not None:
            continue
        seller = await acting_by_member(work.session, member_id)
        await accept_week(Work(session=work.session, acting=seller, now=work.now), row, week, row.revision)


async def _rows(session: AsyncSession, acting: Acting, starts_on: date) -> dict[int, WeekPlan]:
    """The weeks of those who sell in the leader's own team, by member."""
    ids = [member.id for member in await sellers_of(session, acting)]
    query = select(WeekPlan).where(
        col(WeekPlan.team_id) == acting.team_id,
        col(WeekPlan.starts_on) == starts_on,
        col(WeekPlan.member_id).in_(ids),
    )
    rows: Sequence[WeekPlan] = (await session.exec(query.execution_options(populate_existing=True))).all()
    return {row.member_id: row for row in rows}


async def _seller(session: AsyncSession, acting: Acting, member_id: int) -> Member:
    found = next((member for member in await sellers_of(session, acting) if member.id == member_id), None)
    if found is None:
        raise Refused("no_such_member")
    return found
