"""Reads what the rules of ``domain.useful_fact`` ask of a saved report, and keeps which fact was told."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import case
from sqlmodel import col, func, select

from bot.domain.forms.post_visit import PostVisit
from bot.domain.money import from_minor
from bot.domain.screen import Json
from bot.domain.useful_fact import Fact, Rate, Reported, Told, choose_fact
from bot.domain.vocabulary import (
    CommitmentKind,
    ObjectionKind,
    ObjectionResult,
    PromiseSide,
    PromiseState,
    TookPlace,
    TouchKind,
    VisitState,
)
from bot.services.playbook import team_playbook
from bot.services.reports.service import last_levels, satisfaction_gap
from bot.services.work import Work
from bot.store.tables import (
    CarePrompt,
    Complaint,
    Objection,
    Order,
    Promise,
    Report,
    ShareEstimate,
    ToldFact,
    Touch,
    Visit,
)

TRIAL_WINDOW = timedelta(days=30)
YEAR = timedelta(days=365)
COMPLAINTS_WITHIN = timedelta(days=90)
LEVELS_SEEN = 5


async def give_fact(work: Work, report: Report, visit: Visit, form: PostVisit) -> dict[str, Json]:
    """Choose the fact that a report gives back, remember it, and give its code and figures for a template to word."""
    assert report.id is not None
    fact = choose_fact(await _reported(work, report.id, visit, form), await _told(work, report, visit))
    work.session.add(
        ToldFact(
            team_id=work.acting.team_id,
            report_id=report.id,
            member_id=work.acting.member_id,
            customer_id=visit.customer_id,
            code=fact.code,
            facts=dict(fact.facts),
            at=work.now,
        )
    )
    facts: dict[str, Json] = {"code": fact.code, **fact.facts}
    if "usual_minor" in facts:
        facts["usual"] = str(from_minor(int(str(facts.pop("usual_minor"))), work.acting.currency))
    return facts


async def _told(work: Work, report: Report, visit: Visit) -> Told:
    """What was told last, to this rep and of this customer."""
    mine = select(ToldFact).where(
        col(ToldFact.team_id) == work.acting.team_id, col(ToldFact.member_id) == work.acting.member_id
    )
    newest = mine.order_by(col(ToldFact.report_id).desc()).limit(1)
    by_rep = (await work.session.exec(newest)).one_or_none()
    of_customer = (await work.session.exec(newest.where(col(ToldFact.customer_id) == visit.customer_id))).one_or_none()
    return Told(
        by_rep=Fact(code=by_rep.code, facts=by_rep.facts) if by_rep else None,
        of_customer=of_customer.code if of_customer else None,
    )


async def _reported(work: Work, report_id: int, visit: Visit, form: PostVisit) -> Reported:
    customer_id = visit.customer_id
    orders = await _orders(work, customer_id)
    days = sorted({order.ordered_on for order in orders})
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    was_met = form.took_place is TookPlace.MET
    objection = next((one.objection for one in form.objections if isinstance(one.objection, ObjectionKind)), None)
    agreed = await _agreed_minor(work, report_id) if form.commitment is CommitmentKind.ORDER else None
    return Reported(
        customer_id=customer_id,
        was_met=was_met,
        levels=await last_levels(work, customer_id, LEVELS_SEEN) if form.service_level else (),
        satisfaction_gap=satisfaction_gap(form.expected, form.perceived),
        may_ask_introduction=await _asks_introduction(work, report_id),
        complaints_90_days=await _complaints(work, customer_id) if form.complaint else 0,
        commitment=form.commitment,
        trials=await _trials(work) if form.commitment is CommitmentKind.TRIAL else None,
        agreed_minor=agreed,
        order_amounts=[order.amount_minor for order in orders],
        order_days=len(days),
        days_since_order=(work.today - days[-1]).days if days else None,
        own_gap_days=max(1.0, median(gaps)) if gaps else None,
        objection=objection,
        resolved_by=await _resolved_by(work, objection) if objection else {},
        met_on_weekdays={} if was_met else await _met_on_weekdays(work, customer_id),
        share_moved_points=await _share_moved(work, customer_id) if form.our_share else None,
        visits_here=await _visits_here(work, customer_id),
        visits_before_first_order=[] if orders or not was_met else await _visits_before_first_order(work),
        commitments=await _commitments(work, customer_id),
        **await _day_so_far(work, visit),
    )


async def _orders(work: Work, customer_id: int) -> list[Order]:
    """The customer's purchases in the team's currency, oldest first."""
    query = (
        select(Order)
        .where(
            col(Order.team_id) == work.acting.team_id,
            col(Order.customer_id) == customer_id,
            col(Order.currency) == work.acting.currency,
            col(Order.amount_minor) > 0,
            col(Order.ordered_on) <= work.today,
        )
        .order_by(col(Order.ordered_on), col(Order.id))
    )
    return list((await work.session.exec(query)).all())


async def _agreed_minor(work: Work, report_id: int) -> int | None:
    query = select(col(Promise.amount_minor)).where(
        col(Promise.team_id) == work.acting.team_id,
        col(Promise.report_id) == report_id,
        col(Promise.side) == PromiseSide.THEIRS,
    )
    return (await work.session.exec(query)).first()


async def _asks_introduction(work: Work, report_id: int) -> bool:
    """Whether this report made an ask for an introduction due."""
    query = select(CarePrompt.id).where(
        col(CarePrompt.team_id) == work.acting.team_id,
        col(CarePrompt.report_id) == report_id,
        col(CarePrompt.key) == f"referral:r{report_id}",
    )
    return (await work.session.exec(query)).first() is not None


async def _complaints(work: Work, customer_id: int) -> int:
    query = select(func.count()).where(
        col(Complaint.team_id) == work.acting.team_id,
        col(Complaint.customer_id) == customer_id,
        col(Complaint.opened_at) > work.now - COMPLAINTS_WITHIN,
    )
    return (await work.session.exec(query)).one()


async def _trials(work: Work) -> Rate:
    """How many of the team's trials of more than a month ago were followed by an order within a month."""
    trials = select(col(Promise.id), col(Promise.customer_id), col(Promise.created_at)).where(
        col(Promise.team_id) == work.acting.team_id,
        col(Promise.side) == PromiseSide.THEIRS,
        col(Promise.kind) == CommitmentKind.TRIAL,
        col(Promise.state) != PromiseState.WITHDRAWN,
        col(Promise.created_at) < work.now - TRIAL_WINDOW,
    )
    rows = (await work.session.exec(trials)).all()
    ordered = select(col(Order.customer_id), col(Order.ordered_on)).where(
        col(Order.team_id) == work.acting.team_id, col(Order.customer_id).in_({customer for _, customer, _ in rows})
    )
    days: dict[int, list[int]] = {}
    for customer, day in (await work.session.exec(ordered)).all() if rows else ():
        days.setdefault(customer, []).append(day.toordinal())
    hits = 0
    for _, customer, made_at in rows:
        made_on = work.acting.local(made_at).date().toordinal()
        hits += any(made_on < one <= made_on + TRIAL_WINDOW.days for one in days.get(customer, ()))
    return Rate(hits=hits, n=len(rows))


async def _resolved_by(work: Work, objection: ObjectionKind) -> Mapping[str, Rate]:
    """How the playbook's answers to this objection ended in a year, by their words; open ones are not counted."""
    resolved = func.sum(case((col(Objection.result) == ObjectionResult.RESOLVED, 1), else_=0))
    query = (
        select(col(Objection.answer), func.count(), resolved)
        .where(
            col(Objection.team_id) == work.acting.team_id,
            col(Objection.kind) == objection,
            col(Objection.answer).is_not(None),
            col(Objection.result).in_([ObjectionResult.RESOLVED, ObjectionResult.LOST]),
            col(Objection.at) > work.now - YEAR,
        )
        .group_by(col(Objection.answer))
    )
    rows = (await work.session.exec(query)).all()
    said = (await team_playbook(work.session, work.acting)).entries
    return {said[key].text: Rate(hits=int(hits or 0), n=n) for key, n, hits in rows if key and key in said}


async def _met_on_weekdays(work: Work, customer_id: int) -> Mapping[int, int]:
    query = select(col(Touch.at)).where(
        col(Touch.team_id) == work.acting.team_id,
        col(Touch.customer_id) == customer_id,
        col(Touch.kind) == TouchKind.VISIT,
        col(Touch.at) > work.now - YEAR,
    )
    return Counter(work.acting.local(at).isoweekday() for at in (await work.session.exec(query)).all())


async def _share_moved(work: Work, customer_id: int) -> int | None:
    """Points by which the middle of our share differs from the estimate before."""
    query = (
        select(col(ShareEstimate.low_percent), col(ShareEstimate.high_percent))
        .where(
            col(ShareEstimate.team_id) == work.acting.team_id,
            col(ShareEstimate.customer_id) == customer_id,
            col(ShareEstimate.low_percent).is_not(None),
            col(ShareEstimate.high_percent).is_not(None),
        )
        .order_by(col(ShareEstimate.at).desc(), col(ShareEstimate.id).desc())
        .limit(2)
    )
    rows = (await work.session.exec(query)).all()
    middles = [(low + high) / 2 for low, high in rows if low is not None and high is not None]
    return round(middles[0] - middles[1]) if len(middles) == 2 else None


async def _visits_here(work: Work, customer_id: int) -> int:
    query = select(func.count()).where(
        col(Touch.team_id) == work.acting.team_id,
        col(Touch.customer_id) == customer_id,
        col(Touch.kind) == TouchKind.VISIT,
    )
    return (await work.session.exec(query)).one()


async def _visits_before_first_order(work: Work) -> list[int]:
    """Of every buyer that was visited before it ordered: how often."""
    first = (
        select(col(Order.customer_id).label("customer_id"), func.min(Order.ordered_on).label("on"))
        .where(col(Order.team_id) == work.acting.team_id)
        .group_by(col(Order.customer_id))
        .subquery()
    )
    query = (
        select(func.count())
        .select_from(Touch)
        .join(first, first.c.customer_id == col(Touch.customer_id))
        .where(
            col(Touch.team_id) == work.acting.team_id,
            col(Touch.kind) == TouchKind.VISIT,
            func.date(col(Touch.at)) <= first.c.on,
        )
        .group_by(col(Touch.customer_id))
    )
    return [int(n) for n in (await work.session.exec(query)).all()]


async def _commitments(work: Work, customer_id: int) -> Rate:
    """What this customer agreed to and then did, of all that is closed."""
    query = select(col(Promise.state)).where(
        col(Promise.team_id) == work.acting.team_id,
        col(Promise.customer_id) == customer_id,
        col(Promise.side) == PromiseSide.THEIRS,
        col(Promise.state).in_([PromiseState.KEPT, PromiseState.BROKEN]),
    )
    states = (await work.session.exec(query)).all()
    return Rate(hits=sum(state is PromiseState.KEPT for state in states), n=len(states))


async def _day_so_far(work: Work, visit: Visit) -> dict[str, int]:
    query = select(col(Visit.state)).where(col(Visit.member_id) == work.acting.member_id, col(Visit.on) == visit.on)
    states = [state for state in (await work.session.exec(query)).all() if state is not VisitState.CANCELLED]
    return {"day_done": sum(state is VisitState.DONE for state in states), "day_planned": len(states)}
