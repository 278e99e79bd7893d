"""The manager's digest of a team's day, and its sections: plan against done, promises, complaints, risks, tomorrow."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.promises import is_late
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import Grade, PromiseState
from bot.services import team_day
from bot.services.approvals.showing import count_waiting, unratified
from bot.services.platform.coverage import coverage_by_grade
from bot.services.promises.figures import figure_facts, figures_by_member
from bot.services.promises.showing import Asked, promise_lines
from bot.services.team_day import RepDay, Span
from bot.services.team_risks import Risk, risks_of
from bot.store.customers import visible_customers
from bot.store.promises import visible_promises
from bot.store.tables import Member, Promise, Team

RISKS_ON_FRONT, RATIFY_ON_FRONT, LINES = 2, 3, 8
FULL_PERCENT = 100
SECTIONS = ("day", "reps", "risks", "promises", "complaints")


def living_digest(on: date) -> str:
    """The name of the message that a date's digest lives in."""
    return f"digest:{on}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """Who looks at which date of the team, and when."""

    session: AsyncSession
    acting: Acting
    on: date
    now: datetime

    @property
    def span(self) -> Span:
        return Span.of(self.acting, self.on)

    def money(self, minor: int) -> str:
        return str(from_minor(minor, self.acting.currency))


async def digest_screen(
    session: AsyncSession, acting: Acting, on: date, now: datetime, *, section: str = "day", below: bool = False
) -> Screen:
    """The digest of a date, or one of its sections, of the team of the person who asks; for managers and admins."""
    look = _Look(session=session, acting=acting, on=on, now=now)
    section = section if section in SECTIONS else "day"
    facts: dict[str, Json] = {"on": on.isoformat(), "code": f"{on:%Y%m%d}", "currency": acting.currency}
    if not await _count_customers(look):
        template = "replies/digest_empty"
        facts["reps"] = len(await team_day.sellers_of(session, acting))
    else:
        template = "replies/digest" if section == "day" else f"replies/digest_{section}"
        facts.update(await _SECTIONS[section](look))
    place = Place.BELOW if below else Place.EDIT
    return Screen(template=template, facts=facts, living=living_digest(on), place=place)


async def _count_customers(look: _Look) -> int:
    query = select(func.count()).select_from(visible_customers(look.acting).subquery())
    return int((await look.session.exec(query)).one())


async def _front(look: _Look) -> dict[str, Json]:
    session, acting, span = look.session, look.acting, look.span
    tomorrow = await team_day.next_working_day(session, acting, look.on)
    reps = await team_day.rep_days(session, acting, look.on, tomorrow, look.now)
    coverage = await coverage_by_grade(session, acting.team_id, look.on, look.on)
    agreed = await team_day.agreed_on(session, acting, span)
    risks = await risks_of(session, acting, look.on)
    complaints = await team_day.open_complaints(session, acting)
    team = (await session.exec(select(col(Team.name)).where(col(Team.id) == acting.team_id))).one()
    return {
        "team": team,
        "reps": len(reps),
        "done": sum(rep.done for rep in reps),
        "planned": sum(rep.planned for rep in reps),
        "coverage": [
            {"grade": grade.value, "done": coverage[grade].done, "planned": coverage[grade].planned}
            for grade in (Grade.A, Grade.B)
            if coverage[grade].planned
        ],
        "agreed": look.money(agreed.amount_minor) if agreed.amount_minor else None,
        "kinds": [{"kind": kind, "count": count} for kind, count in agreed.kinds.items()],
        "missing": [{"name": rep.name, "count": rep.missing} for rep in reps if rep.missing],
        "promises": dict((await team_day.count_promises(session, acting, span, look.now)).items()),
        "complaints": len(complaints),
        "to_ratify": await unratified(session, acting, look.now, at_most=RATIFY_ON_FRONT),
        "to_approve": await count_waiting(session, acting, look.now),
        "oldest_day": _age_days(look, complaints[0][0].opened_at) if complaints else 0,
        "risks": [_risk_facts(look, risk) for risk in risks[:RISKS_ON_FRONT]],
        "risks_count": len(risks),
        "tomorrow": tomorrow.isoformat(),
        "tomorrow_visits": sum(rep.next_visits for rep in reps),
        "over": [
            {"name": rep.name, "percent": rep.load_percent - FULL_PERCENT}
            for rep in reps
            if rep.load_percent > FULL_PERCENT
        ],
    }


async def _reps(look: _Look) -> dict[str, Json]:
    tomorrow = await team_day.next_working_day(look.session, look.acting, look.on)
    reps = await team_day.rep_days(look.session, look.acting, look.on, tomorrow, look.now)
    figures = await figures_by_member(look.session, look.acting, look.now)

    def facts(rep: RepDay) -> Json:
        kept = figures.get(rep.member_id)
        return {
            "name": rep.name,
            "done": rep.done,
            "planned": rep.planned,
            "missing": rep.missing,
            "is_off": rep.is_off,
            "kept": figure_facts(kept) if kept else None,
            "next_visits": rep.next_visits,
            "load_percent": rep.load_percent,
        }

    return {"items": [facts(rep) for rep in reps[:LINES]], "more": max(0, len(reps) - LINES)}


async def _risks(look: _Look) -> dict[str, Json]:
    risks = await risks_of(look.session, look.acting, look.on)
    items: list[Json] = [_risk_facts(look, risk) for risk in risks[:LINES]]
    return {"items": items, "more": max(0, len(risks) - LINES)}


def _risk_facts(look: _Look, risk: Risk) -> dict[str, Json]:
    return {
        "customer_id": risk.customer_id,
        "name": risk.name,
        "grade": risk.grade.value if risk.grade else None,
        "owner": risk.owner,
        "ratio": f"{risk.ratio:.1f}",
        "stake": look.money(risk.stake_minor) if risk.stake_minor > 0 else None,
        "next_visit_on": risk.next_visit_on.isoformat() if risk.next_visit_on else None,
    }


async def _promises(look: _Look) -> dict[str, Json]:
    query = visible_promises(look.acting).where(
        col(Promise.state) == PromiseState.OPEN, col(Promise.due_at) < look.span.end
    )
    promises = (await look.session.exec(query.order_by(col(Promise.due_at), col(Promise.id)))).all()
    asked = Asked(session=look.session, acting=look.acting, now=look.now)
    items = await promise_lines(asked, promises[:LINES])
    return {
        "items": list[Json](items),
        "more": max(0, len(promises) - LINES),
        "counts": dict((await team_day.count_promises(look.session, look.acting, look.span, look.now)).items()),
    }


async def _complaints(look: _Look) -> dict[str, Json]:
    found = await team_day.open_complaints(look.session, look.acting)
    query = select(col(Member.id), col(Member.name)).where(col(Member.team_id) == look.acting.team_id)
    owners = dict((await look.session.exec(query)).all())
    return {
        "items": [
            {
                "customer_id": customer.id,
                "customer": customer.name,
                "text": complaint.text,
                "day": _age_days(look, complaint.opened_at),
                "id": complaint.id,
                "owner": owners.get(complaint.owner_id),
                "solved": complaint.solved_at is not None,
                "late": is_late(complaint.due_at, now=look.now),
            }
            for complaint, customer in found[:LINES]
        ],
        "more": max(0, len(found) - LINES),
    }


def _age_days(look: _Look, opened_at: datetime) -> int:
    """Which day of a complaint this is: 1 on the day it came."""
    return (look.acting.local(look.now).date() - look.acting.local(opened_at).date()).days + 1


_SECTIONS: Mapping[str, Callable[[_Look], Awaitable[dict[str, Json]]]] = {
    "day": _front,
    "reps": _reps,
    "risks": _risks,
    "promises": _promises,
    "complaints": _complaints,
}
