"""The manager's week in figures: how deals moved, coverage by grade, who was kept, the word kept, and a leaderboard."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.funnel import GIVEN_UP, OPEN_STAGES, WON
from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import DealStage, PromiseSide, PromiseState, VisitState
from bot.domain.wall_time import instant_of
from bot.services.platform.coverage import coverage_by_grade
from bot.services.promises.figures import figures_by_member
from bot.services.scoring.gathering import last_scoring, team_by_id
from bot.services.scoring.team_screens import share_facts
from bot.services.scoring.weighing import note_setting
from bot.services.team_day import sellers_of
from bot.services.team_settings import LEADERBOARD, has_leaderboard
from bot.services.work import Work
from bot.store.promises import visible_promises
from bot.store.tables import DealMove, Opportunity, Promise, Visit

WEEK = timedelta(days=7)
LEADERS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Week:
    """The seven days before a Monday, as dates and as instants of the person who looks."""

    first: date
    last: date
    begin: datetime
    end: datetime

    @classmethod
    def before(cls, acting: Acting, on: date) -> "_Week":
        monday = on - timedelta(days=on.weekday())
        begin, end = (instant_of(day, time(0), acting.zone) for day in (monday - WEEK, monday))
        return cls(first=monday - WEEK, last=monday - timedelta(days=1), begin=begin, end=end)


async def weekly_screen(session: AsyncSession, acting: Acting, on: date, now: datetime) -> Screen:
    """The week before the one of a date."""
    week = _Week.before(acting, on)
    team = await team_by_id(session, acting.team_id)
    coverage = await coverage_by_grade(session, acting.team_id, week.first, week.last)
    kept = (await figures_by_member(session, acting, now)).values()
    facts: dict[str, Json] = {
        "team": team.name,
        "first": week.first.isoformat(),
        "last": week.last.isoformat(),
        "code": f"{on:%Y%m%d}",
        "currency": acting.currency,
        "deals": await _deal_moves(session, acting, week),
        "coverage": [
            {"grade": grade.value, "done": one.done, "planned": one.planned}
            for grade, one in coverage.items()
            if one.planned
        ],
        "retention": await _retention(session, acting),
        "kept": sum(one.on_time for one in kept),
        "promised": sum(one.count for one in kept),
        "board_on": has_leaderboard(team.settings),
        "board": await _leaderboard(session, acting, week) if has_leaderboard(team.settings) else [],
    }
    return Screen(template="replies/weekly", facts=facts, living=f"weekly:{week.first}")


def is_empty(screen: Screen) -> bool:
    """Whether no visit was planned, no deal moved and no promise fell due."""
    deals = screen.facts["deals"]
    assert isinstance(deals, dict)
    return not (screen.facts["coverage"] or screen.facts["promised"] or any(deals.values()))


async def _deal_moves(session: AsyncSession, acting: Acting, week: _Week) -> dict[str, Json]:
    """How the deals moved: each is counted once, by where it was before the week and after it."""
    query = (
        select(DealMove, col(Opportunity.amount_minor))
        .join(Opportunity, col(Opportunity.id) == col(DealMove.opportunity_id))
        .where(col(DealMove.team_id) == acting.team_id, col(DealMove.at) >= week.begin, col(DealMove.at) < week.end)
        .order_by(col(DealMove.at), col(DealMove.id))
    )
    began: dict[int, DealStage | None] = {}
    ended: dict[int, tuple[DealStage, int]] = {}
    for move, amount in (await session.exec(query)).all():
        began.setdefault(move.opportunity_id, move.before)
        ended[move.opportunity_id] = (move.after, amount or 0)
    moved: Counter[str] = Counter(_movement(began[deal], after) for deal, (after, _) in ended.items())
    won_minor = sum(amount for after, amount in ended.values() if after is WON)
    counts: dict[str, Json] = {name: moved[name] for name in ("new", "forward", "back", "won", "lost")}
    return counts | {"won_amount": str(round(from_minor(won_minor, acting.currency))) if won_minor else None}


def _movement(before: DealStage | None, after: DealStage) -> str:
    if after is WON:
        return "won" if before is not WON else "same"
    if after in GIVEN_UP:
        return "lost" if before not in GIVEN_UP else "same"
    if before is None:
        return "new"
    if before is after:
        return "same"
    if before not in OPEN_STAGES:
        return "forward"  # taken up again
    return "forward" if OPEN_STAGES.index(after) > OPEN_STAGES.index(before) else "back"


async def _retention(session: AsyncSession, acting: Acting) -> Json:
    """Who was kept this month and over the year, as the last refresh found; None before there is one."""
    scoring = await last_scoring(session, acting.team_id)
    if scoring is None:
        return None
    month, figures = scoring.facts["figures"]["months"][-1], scoring.facts["figures"]
    return {
        "month": share_facts(*month["kept"]),
        "year": share_facts(*figures["retention"]),
        "won": month["won"],
        "lost": month["lost"],
        "won_back": month["won_back"],
    }


async def _leaderboard(session: AsyncSession, acting: Acting, week: _Week) -> list[Json]:
    """Who made most of the planned visits, with what was agreed; only who had visits planned."""
    visits = await _visits(session, acting, week)
    agreed = await _agreed(session, acting, week)
    rows: list[tuple[str, int, int, int]] = [
        (member.name, *visits[member.id], agreed.get(member.id, 0))
        for member in await sellers_of(session, acting)
        if member.id is not None and member.id in visits
    ]
    rows.sort(key=lambda row: (-row[1], -row[3], row[0]))
    return [
        {
            "name": name,
            "done": done,
            "planned": planned,
            "agreed": str(round(from_minor(minor, acting.currency))) if minor else None,
        }
        for name, done, planned, minor in rows[:LEADERS_SHOWN]
    ]


async def _visits(session: AsyncSession, acting: Acting, week: _Week) -> dict[int, tuple[int, int]]:
    """Visits done and planned by member."""
    query = (
        select(col(Visit.member_id), col(Visit.state), func.count())
        .where(
            col(Visit.team_id) == acting.team_id,
            col(Visit.on) >= week.first,
            col(Visit.on) <= week.last,
            col(Visit.state) != VisitState.CANCELLED,
        )
        .group_by(col(Visit.member_id), col(Visit.state))
    )
    found: dict[int, tuple[int, int]] = {}
    for member_id, state, count in (await session.exec(query)).all():
        done, planned = found.get(member_id, (0, 0))
        found[member_id] = (done + (count if state is VisitState.DONE else 0), planned + count)
    return found


async def _agreed(session: AsyncSession, acting: Acting, week: _Week) -> dict[int, int]:
    """What customers committed to in money, by the member whom they told."""
    promises = visible_promises(acting).where(
        col(Promise.side) == PromiseSide.THEIRS,
        col(Promise.state) != PromiseState.WITHDRAWN,
        col(Promise.amount_minor).is_not(None),
        col(Promise.created_at) >= week.begin,
        col(Promise.created_at) < week.end,
    )
    found: Counter[int] = Counter()
    for promise in (await session.exec(promises)).all():
        found[promise.owner_id] += promise.amount_minor or 0
    return dict(found)


async def set_leaderboard(work: Work, *, shown: bool) -> None:
    """Rank the reps in the weekly digest, or do not; for the whole team."""
    team = await team_by_id(work.session, work.acting.team_id)
    # a new dictionary: the column does not notice a change inside the old one
    team.settings = {**team.settings, LEADERBOARD: shown}
    note_setting(work, {"leaderboard": shown})
