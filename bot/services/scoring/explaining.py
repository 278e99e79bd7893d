"""Why a customer has its grade and scores, from what the last refresh stored: nothing is computed anew."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.scoring.grading import Part, parts
from bot.domain.scoring.levers import find_levers
from bot.domain.scoring.reviewing import FROM_BEST
from bot.domain.scoring.settings import INDICATORS, Indicator, ScoringSettings, Threshold
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import Grade, GradeSource
from bot.services.customers.card import may_change
from bot.services.customers.listing import worked_with
from bot.services.customers.searching import find_customers
from bot.services.scoring.gathering import last_scoring
from bot.store.customers import get_customer, visible_customers
from bot.store.tables import Customer, CustomerJudgement, CustomerScore, GradeDecision, Member, TeamScoring

LEVERS_SHOWN = 2
OFFERED = 8


async def why_screen(session: AsyncSession, acting: Acting, customer_id: int, *, below: bool = False) -> Screen:
    """Every part of a visible customer's scores. Raises Refused("no_such_customer")."""
    customer = await get_customer(session, acting, customer_id)
    query = select(CustomerScore).where(
        col(CustomerScore.team_id) == acting.team_id, col(CustomerScore.customer_id) == customer_id
    )
    score = (await session.exec(query)).one_or_none()
    scoring = await last_scoring(session, acting.team_id)
    facts: dict[str, Json] = {
        "id": customer_id,
        "name": customer.name,
        "grade": customer.grade.value if customer.grade else None,
        "grade_source": customer.grade_source.value if customer.grade_source else None,
        "currency": acting.currency,
        "leads": acting.leads,
        "changes": may_change(acting),
        "override": await _override(session, customer),
        "judged": await judged(session, acting.team_id, customer_id),
        "scored": score is not None,
    }
    if score is not None and scoring is not None:
        facts |= _score_facts(score, customer, scoring, acting)
    place = Place.BELOW if below else Place.EDIT
    return Screen(template="replies/why", facts=facts, living=f"why:{customer_id}", place=place)


async def judged(session: AsyncSession, team_id: int, customer_id: int) -> dict[str, Json]:
    """What people say of a customer; None where nobody has."""
    query = select(CustomerJudgement).where(
        col(CustomerJudgement.team_id) == team_id, col(CustomerJudgement.customer_id) == customer_id
    )
    said = (await session.exec(query)).one_or_none()
    return {
        "influence": said.influence if said else None,
        "growth": said.growth if said else None,
        "margin": said.margin_percent if said else None,
        "joint_project": bool(said and said.joint_project),
        "no_need": bool(said and said.no_need),
    }


async def choose_screen(session: AsyncSession, acting: Acting, words: str) -> Screen:
    """Customers to ask about: those that words find, else those with the highest scores."""
    found: Sequence[Customer]
    if words:
        found = await find_customers(session, acting, await worked_with(session, acting), words)
    else:
        query = (
            visible_customers(acting)
            .join(CustomerScore, col(CustomerScore.customer_id) == col(Customer.id))
            .where(col(Customer.ended_at).is_(None))
            .order_by(col(CustomerScore.score).desc().nulls_last(), col(Customer.id))
            .limit(OFFERED)
        )
        found = (await session.exec(query)).all()
    if words and len(found) == 1 and found[0].id is not None:
        return await why_screen(session, acting, found[0].id, below=True)
    customers: list[Json] = [
        {"id": one.id, "name": one.name, "grade": one.grade.value if one.grade else None} for one in found[:OFFERED]
    ]
    facts: dict[str, Json] = {"customers": customers, "words": words}
    return Screen(template="replies/why_choose", facts=facts, living="why", place=Place.BELOW)


def _score_facts(score: CustomerScore, customer: Customer, scoring: TeamScoring, acting: Acting) -> dict[str, Json]:
    team: dict[str, Any] = scoring.facts
    settings = ScoringSettings.load(team["settings"])
    made = stored_parts(score, settings)
    rfm = score.parts.get("rfm")
    return {
        "on": score.on.isoformat(),
        "score": score.score,
        "known": sum(part.value is not None for part in made),
        "of": len(INDICATORS),
        "known_percent": round(100 * score.known_weight),
        "provisional": score.provisional,
        "too_few": bool(team["too_few"]),
        "graded": team["graded"],
        "method": settings.method.value,
        "proposed": score.proposed.value if score.proposed else None,
        "waiting": score.waiting.value if score.waiting else None,
        "rising": score.rising and customer.grade is not Grade.A,
        "parts": [_part_facts(part, acting) for part in made],
        "next": _next_grade(customer, score, made, team, acting),
        "segment": score.segment.value if score.segment else None,
        "rfm": {**rfm, "money": _money(rfm["money_minor"], acting)} if rfm else None,
        "rfm_method": scoring.rfm_method.value,
        "buyers": team["buyers"],
        "lifecycle": score.lifecycle.value,
        "at_risk": score.at_risk,
        "ratio": score.overdue_ratio,
        "gap": score.parts.get("gap"),
        "order_days": score.parts["order_days"],
        "stake": _money(score.stake_minor, acting) if score.stake_minor > 0 else None,
        "alive_percent": None if score.p_alive is None else round(100 * score.p_alive),
        "expected_orders": None if score.expected_orders is None else round(score.expected_orders, 1),
        "model_customers": team["model"]["customers"] if team["model"] else None,
        "future": score.parts.get("future", 0),
        "foreign": score.parts.get("foreign", 0),
    }


def stored_parts(score: CustomerScore, settings: ScoringSettings) -> tuple[Part, ...]:
    """The parts of a stored score under some settings."""
    stored: dict[str, list[float]] = score.parts["indicators"]
    pairs = [stored.get(indicator.value, [None, None]) for indicator in INDICATORS]
    return parts(settings, [value for value, _ in pairs], [percentile for _, percentile in pairs])


def _part_facts(part: Part, acting: Acting) -> Json:
    return {
        "indicator": part.indicator.value,
        "value": None if part.value is None else _shown(part.indicator, part.value, acting),
        "percentile": None if part.percentile is None else round(part.percentile),
        "weight": round(100 * part.weight),
        "points": round(part.contribution, 1),
    }


def _shown(indicator: Indicator, value: float, acting: Acting) -> Json:
    """A value as the templates take it: an amount as text, everything else as a number."""
    return _money(round(value), acting) if indicator is Indicator.SALES else value


def _next_grade(
    customer: Customer, score: CustomerScore, made: Sequence[Part], team: dict[str, Any], acting: Acting
) -> dict[str, Json] | None:
    """What would bring the next better grade; None where nothing can be said."""
    if customer.grade in (None, Grade.A) or score.score is None or customer.grade_source is GradeSource.OVERRIDE:
        return None
    assert customer.grade is not None
    target = FROM_BEST[FROM_BEST.index(customer.grade) - 1]
    cut = {Grade.A: team["cuts"]["a"], Grade.B: team["cuts"]["b"]}.get(target)
    if cut is None:
        return None
    margin = ScoringSettings.load(team["settings"]).thresholds[Threshold.MARGIN]
    quantiles = {Indicator(name): values for name, values in team["quantiles"].items()}
    levers: list[Json] = [
        {
            "indicator": lever.indicator.value,
            "value": _shown(lever.indicator, lever.value, acting),
            "missing": lever.is_missing,
        }
        for lever in find_levers(made, cut + margin, quantiles)[:LEVERS_SHOWN]
    ]
    missing = max(0.0, cut + margin - score.score)
    return {"grade": target.value, "cut": round(cut, 1), "missing_points": round(missing, 1), "levers": levers}


async def _override(session: AsyncSession, customer: Customer) -> dict[str, Json] | None:
    """Who set the grade by hand, why, and until when."""
    if customer.grade_source is not GradeSource.OVERRIDE:
        return None
    query = (
        select(GradeDecision, Member)
        .outerjoin(Member, col(Member.id) == GradeDecision.member_id)
        .where(
            col(GradeDecision.customer_id) == customer.id,
            col(GradeDecision.source) == GradeSource.OVERRIDE,
            col(GradeDecision.ended_at).is_(None),
        )
        .order_by(col(GradeDecision.id).desc())
        .limit(1)
    )
    found = (await session.exec(query)).first()
    if found is None:
        return {"by": None, "reason": "", "until": None}
    decision, member = found
    until = decision.until.isoformat() if decision.until else None
    return {"by": member.name if member else None, "reason": decision.reason, "until": until}


def _money(minor: int, acting: Acting) -> str:
    return str(from_minor(minor, acting.currency))
