"""What people decide of a customer: what no order shows, a grade by hand with a reason and an end, a rising one."""

from datetime import date
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.vocabulary import Grade, GradeSource
from bot.services.customers.changing import customer_to_change, note_change
from bot.services.work import Work
from bot.store.tables import Customer, CustomerJudgement, CustomerScore, GradeDecision

MONTHS_A_YEAR, LAST_SAFE_DAY = 12, 28


class Said(StrEnum):
    """What a person can say of a customer."""

    INFLUENCE = "influence"
    GROWTH = "growth"
    MARGIN = "margin"
    JOINT_PROJECT = "joint_project"
    NO_NEED = "no_need"


class OverrideReason(StrEnum):
    """Values are stored, so they never change."""

    POTENTIAL = "potential"
    REFERENCE = "reference"
    RELATIONSHIP = "relationship"
    PAYMENT = "payment"
    TEMPORARY = "temporary"
    RISING = "rising"
    OTHER = "other"


CHOICES: dict[Said, tuple[int, ...]] = {
    Said.INFLUENCE: (1, 2, 3, 4, 5),
    Said.GROWTH: (1, 2, 3, 4, 5),
    Said.MARGIN: (5, 10, 15, 20, 25, 30, 40, 50),
    Said.JOINT_PROJECT: (0, 1),
    Said.NO_NEED: (0, 1),
}
OVERRIDE_MONTHS = (1, 3, 6, 12)
RISING_MONTHS = 12


async def say(work: Work, customer_id: int, what: Said, value: int) -> None:
    """Keep what a person says of a customer; it counts from the next refresh. Raises Refused."""
    if value not in CHOICES[what]:
        raise Refused("button_unknown")
    customer = await customer_to_change(work, customer_id)
    judgement = await _judgement(work, customer_id)
    match what:
        case Said.INFLUENCE:
            judgement.influence = value
        case Said.GROWTH:
            judgement.growth = value
        case Said.MARGIN:
            judgement.margin_percent = value
        case Said.JOINT_PROJECT:
            judgement.joint_project = bool(value)
        case Said.NO_NEED:
            judgement.no_need = bool(value)
    judgement.changed_at = work.now
    note_change(work, customer, "judged", {"what": what.value, "value": value})


async def _judgement(work: Work, customer_id: int) -> CustomerJudgement:
    query = select(CustomerJudgement).where(
        col(CustomerJudgement.team_id) == work.acting.team_id, col(CustomerJudgement.customer_id) == customer_id
    )
    found = (await work.session.exec(query)).one_or_none()
    if found is None:
        found = CustomerJudgement(team_id=work.acting.team_id, customer_id=customer_id, changed_at=work.now)
        work.session.add(found)
    return found


async def override_grade(work: Work, customer_id: int, grade: Grade, reason: OverrideReason, months: int) -> None:
    """Set a grade by hand for some months: a leader's decision, with its reason. Raises Refused."""
    if months not in OVERRIDE_MONTHS:
        raise Refused("button_unknown")
    customer = await _customer_to_grade(work, customer_id)
    await _end_overrides(work, customer_id)
    before, source = customer.grade, customer.grade_source
    customer.grade, customer.grade_source = grade, GradeSource.OVERRIDE
    work.session.add(
        GradeDecision(
            team_id=work.acting.team_id,
            customer_id=customer_id,
            at=work.now,
            before=before,
            before_source=source,
            grade=grade,
            source=GradeSource.OVERRIDE,
            member_id=work.acting.member_id,
            reason=reason.value,
            until=months_later(work.today, months),
        )
    )
    note_change(
        work, customer, "grade_set", {"from": before.value if before else None, "to": grade.value, "why": reason.value}
    )


async def confirm_rising(work: Work, customer_id: int) -> None:
    """Make a rising customer an A, as proposed. Raises Refused("not_rising") where it is none any more."""
    query = select(CustomerScore.rising).where(
        col(CustomerScore.team_id) == work.acting.team_id, col(CustomerScore.customer_id) == customer_id
    )
    if not (await work.session.exec(query)).one_or_none():
        raise Refused("not_rising")
    await override_grade(work, customer_id, Grade.A, OverrideReason.RISING, RISING_MONTHS)


async def release_grade(work: Work, customer_id: int) -> None:
    """Give a grade set by hand back to the figures at once. Raises Refused."""
    customer = await _customer_to_grade(work, customer_id)
    if customer.grade_source is not GradeSource.OVERRIDE:
        return
    await _end_overrides(work, customer_id)
    query = select(CustomerScore).where(
        col(CustomerScore.team_id) == work.acting.team_id, col(CustomerScore.customer_id) == customer_id
    )
    score = (await work.session.exec(query)).one_or_none()
    before = customer.grade
    if score is not None and score.proposed is not None:
        customer.grade = score.proposed
    customer.grade_source = GradeSource.COMPUTED
    after = customer.grade.value if customer.grade else None
    note_change(work, customer, "grade_released", {"from": before.value if before else None, "to": after})


async def _customer_to_grade(work: Work, customer_id: int) -> Customer:
    if not work.acting.leads:
        raise Refused("not_for_your_role")
    return await customer_to_change(work, customer_id)


async def _end_overrides(work: Work, customer_id: int) -> None:
    running = (
        col(GradeDecision.team_id) == work.acting.team_id,
        col(GradeDecision.customer_id) == customer_id,
        col(GradeDecision.source) == GradeSource.OVERRIDE,
        col(GradeDecision.ended_at).is_(None),
    )
    await work.session.exec(update(GradeDecision).where(*running).values(ended_at=work.now))


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the 28th where the month may be shorter."""
    count = day.year * MONTHS_A_YEAR + day.month - 1 + months
    return date(count // MONTHS_A_YEAR, count % MONTHS_A_YEAR + 1, min(day.day, LAST_SAFE_DAY))
