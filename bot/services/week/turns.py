"""Whose turn a shared customer is in a week: decided once for all who serve it, before the first of them is planned."""

import asyncio
import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.capacity import balance_week
from bot.domain.frequency import visits_per_week
from bot.domain.people import Acting
from bot.domain.sharing import RepWeek, SharedVisits, choose_reps
from bot.domain.vocabulary import Grade, VisitState
from bot.services.customers.handing_over import possible_owners
from bot.services.customers.who_shares import sharers_of
from bot.services.day.candidates import SERVICE_S
from bot.services.navigation import pin_of
from bot.services.people import acting_by_member
from bot.services.week.survey import WEEK, WeekSurvey, survey_week
from bot.services.work import Work
from bot.store.customers import worked_customers
from bot.store.inserting import insert_if_new
from bot.store.tables import Customer, SharedCustomer, SharedWeek, Visit
from bot.store.unit import Store


async def settle_turns(
    store: Store, acting: Acting, starts_on: date, now: datetime, *, weeks: int, without: Collection[int]
) -> None:
    """Decide for every shared customer of the acting person whose turn is still open. ``without`` are not its to visit.

    Whoever is first decides, so that the plans of all who serve it agree.
    """
    async with store.read() as session:
        customers = await _undecided(session, acting, starts_on)
        if not customers:
            return
        shared = await _shared_visits(session, acting, customers, starts_on, weeks, without)
        reps = {rep for each in shared for rep in each.reps}
        surveys = {
            rep: await survey_week(session, await acting_by_member(session, rep), starts_on, now, weeks) for rep in reps
        }
    ids = {each.customer_id for each in shared}
    chosen = await asyncio.to_thread(_choose, shared, surveys, ids)
    async with store.begin() as session:
        for customer_id, member_id in chosen.items():
            for week in range(weeks):
                values = {
                    "customer_id": customer_id,
                    "starts_on": starts_on + timedelta(days=WEEK * week),
                    "member_id": member_id,
                    "team_id": acting.team_id,
                }
                await insert_if_new(session, SharedWeek, values, ("customer_id", "starts_on"))


async def _undecided(session: AsyncSession, acting: Acting, starts_on: date) -> Sequence[Customer]:
    """The shared customers that the person serves, best grade first."""
    shared = select(SharedCustomer.customer_id).where(col(SharedCustomer.team_id) == acting.team_id)
    decided = select(SharedWeek.customer_id).where(
        col(SharedWeek.team_id) == acting.team_id, col(SharedWeek.starts_on) == starts_on
    )
    query = worked_customers(acting).where(col(Customer.id).in_(shared), col(Customer.id).not_in(decided))
    customers = (await session.exec(query)).all()
    return sorted(customers, key=lambda one: (one.grade or Grade.D, one.id or 0))


async def _shared_visits(
    session: AsyncSession,
    acting: Acting,
    customers: Sequence[Customer],
    starts_on: date,
    weeks: int,
    without: Collection[int],
) -> list[SharedVisits]:
    ids = [customer.id or 0 for customer in customers]
    sellers = {member.id for member in await possible_owners(session, acting)}
    sharers = await sharers_of(session, acting.team_id, ids)
    standing = await _standing(session, acting, ids, starts_on, weeks)
    found = []
    for customer in customers:
        assert customer.id is not None
        serving = [one for one in (customer.owner_id or 0, *sharers.get(customer.id, [])) if one in sellers]
        if customer.id in without:
            serving = [one for one in serving if one != acting.member_id] or serving
        per_week = visits_per_week(customer.grade, override=customer.visits_per_week, defaults=acting.visits_per_week)
        longest = Grade.A if customer.key_account else customer.grade or Grade.C
        found.append(
            SharedVisits(
                customer_id=customer.id,
                pin=pin_of(customer),
                visits=math.ceil(per_week * weeks),
                service_s=SERVICE_S[longest],
                reps=tuple(serving),
                standing=tuple(one for one in standing.get(customer.id, ()) if one in serving),
            )
        )
    return found


async def _standing(
    session: AsyncSession, acting: Acting, customer_ids: Sequence[int], starts_on: date, weeks: int
) -> dict[int, list[int]]:
    """By customer who has agreed visits with it in these weeks, the earliest first."""
    query = (
        select(Visit.customer_id, Visit.member_id)
        .where(
            col(Visit.team_id) == acting.team_id,
            col(Visit.customer_id).in_(customer_ids),
            col(Visit.state).in_([VisitState.PLANNED, VisitState.STARTED]),
            col(Visit.on) >= starts_on,
            col(Visit.on) < starts_on + timedelta(days=WEEK * weeks),
        )
        .order_by(col(Visit.on), col(Visit.id))
    )
    found: dict[int, list[int]] = {}
    for customer_id, member_id in (await session.exec(query)).all():
        found.setdefault(customer_id, []).append(member_id)
    return found


def _choose(shared: Sequence[SharedVisits], surveys: Mapping[int, WeekSurvey], ids: Collection[int]) -> dict[int, int]:
    return choose_reps(shared, {rep: _rep_week(survey, ids) for rep, survey in surveys.items()})


def _rep_week(survey: WeekSurvey, without: Collection[int]) -> RepWeek:
    """A rep's own week, less what is undecided."""
    claims = [claim for claim in survey.claims() if claim.key not in without]
    balance = balance_week(claims, survey.room)
    visited = [survey.customers[key].pin for key, count in balance.planned.items() if count]
    return RepWeek(
        places=tuple(pin for pin in (survey.home, *visited) if pin is not None),
        room_s=survey.room.seconds - balance.planned_s,
        travel=survey.travel,
    )


async def reopen_turns(work: Work, starts_on: date, weeks: int, member_ids: Collection[int]) -> None:
    """Forget whose turn it is where it is one of these members', so that it is decided anew."""
    await work.session.exec(
        delete(SharedWeek).where(*_of_weeks(work, starts_on, weeks), col(SharedWeek.member_id).in_(list(member_ids)))
    )


async def give_turn_up(work: Work, starts_on: date, weeks: int, customer_id: int) -> None:
    """The acting person leaves a shared customer to the others who serve it."""
    await work.session.exec(
        delete(SharedWeek).where(
            *_of_weeks(work, starts_on, weeks),
            col(SharedWeek.member_id) == work.acting.member_id,
            col(SharedWeek.customer_id) == customer_id,
        )
    )


def _of_weeks(work: Work, starts_on: date, weeks: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(SharedWeek.team_id) == work.acting.team_id,
        col(SharedWeek.starts_on) >= starts_on,
        col(SharedWeek.starts_on) < starts_on + timedelta(days=WEEK * weeks),
    )
