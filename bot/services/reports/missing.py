"""Reports that are missing at the end of a day: one screen of all, each answered with one tap, or in full."""

from datetime import date, time
from enum import StrEnum

from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.forms.draft import Answer
from bot.domain.forms.engine import filled
from bot.domain.forms.post_visit import PostVisit
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import NotMetReason, PurposeReached, TookPlace
from bot.domain.wall_time import instant_of
from bot.services.day import refresh_day
from bot.services.forms import drafts
from bot.services.forms.contexts import next_visit_days
from bot.services.missing_reports import is_report_missing
from bot.services.reports.saving import save_report
from bot.services.reports.undoing import take_back
from bot.services.reports.useful_fact import give_fact
from bot.services.visits import get_visit, is_recorded
from bot.services.work import Work
from bot.services.work_calendar import working_days_of
from bot.store.customers import get_customer
from bot.store.tables import Customer, Report, Visit

SHOWN = 6
ASKED_FROM = time(18, 0)
"""Local time at which what is missing is asked for: what is reported from then on stays on the screen, with an undo."""


class Said(StrEnum):
    """What one tap says of a visit. Values go into buttons."""

    MET = "y"  # as planned
    NOBODY = "n"  # went there, met nobody
    NOT_GONE = "x"


_ANSWERS: dict[Said, dict[str, Json]] = {
    Said.MET: {"took_place": TookPlace.MET.value, "purpose_reached": PurposeReached.YES.value},
    Said.NOBODY: {"took_place": TookPlace.NOT_MET.value, "not_met_reason": NotMetReason.AWAY.value},
    Said.NOT_GONE: {"took_place": TookPlace.NOT_MET.value, "not_met_reason": NotMetReason.I_COULD_NOT.value},
}


async def missing_screen(work: Work, on: date, *, fact: dict[str, Json] | None = None) -> Screen | None:
    """What is missing of a day, with what was answered since it was asked for; None where there is neither.

    A long day is shown part after part, so that nothing moves under the thumb: the first part with an open report.
    """
    part, others = await _part(work, on)
    if not part:
        return None
    items: list[Json] = [
        {
            "customer_id": customer.id,
            "visit_id": visit.id,
            "name": customer.name,
            "at": at.isoformat() if (at := visit.appointment_at or visit.planned_at) else None,
            "said": _what(report) if report else None,
            "report": report.id if report else None,
        }
        for visit, customer, report in part
    ]
    here = sum(report is None for _, _, report in part)
    facts: dict[str, Json] = {
        "items": items,
        "here": here,
        "count": here + others,
        "more": others,
        "on": on.isoformat(),
        "fact": fact,
        "currency": work.acting.currency,
    }
    return Screen(template="notices/missing", facts=facts, living=living_name(on))


_Line = tuple[Visit, Customer, Report | None]


async def _part(work: Work, on: date) -> tuple[list[_Line], int]:
    """The visits that are shown now, and how many open ones are not."""
    query = (
        select(Visit, Customer)
        .join(Customer, col(Customer.id) == col(Visit.customer_id))
        .where(col(Visit.member_id) == work.acting.member_id, col(Visit.on) == on)
        .order_by(col(Visit.planned_at), col(Visit.id))
    )
    reports = await _answered(work, on)
    lines: list[_Line] = [
        (visit, customer, reports.get(visit.id))
        for visit, customer in (await work.session.exec(query)).all()
        if visit.id in reports or is_report_missing(visit, work.now)
    ]
    parts = [lines[start : start + SHOWN] for start in range(0, len(lines), SHOWN)]
    part = next((one for one in parts if any(report is None for _, _, report in one)), parts[-1] if parts else [])
    is_open = sum(report is None for _, _, report in lines)
    return part, is_open - sum(report is None for _, _, report in part)


def living_name(on: date) -> str:
    return f"missing:{on}"


async def _answered(work: Work, on: date) -> dict[int | None, Report]:
    """The reports of a day's visits that came after they were asked for."""
    query = (
        select(Report)
        .join(Visit, col(Visit.id) == col(Report.visit_id))
        .where(
            col(Visit.member_id) == work.acting.member_id,
            col(Visit.on) == on,
            col(Report.undone_at).is_(None),
            col(Report.saved_at) >= instant_of(on, ASKED_FROM, work.acting.zone),
        )
    )
    return {one.visit_id: one for one in (await work.session.exec(query.order_by(col(Report.id)))).all()}


def _what(report: Report) -> str:
    """What a report said, as far as one tap could have: else that it was told."""
    given = {name: one.get("value") for name, one in report.answers.get("answers", {}).items()}
    return next(
        (said.value for said, answers in _ANSWERS.items() if answers.items() <= given.items()),
        "told",
    )


async def say_all_met(work: Work, on: date) -> dict[str, Json] | None:
    """Every visit that is shown as missing went as planned. Gives the fact of the last.

    Raises Refused("old_button") for a day to come.
    """
    if on > work.today:
        raise Refused("old_button")
    fact = None
    for visit, _, report in (await _part(work, on))[0]:
        if report is None:
            fact = await _save(work, visit, Said.MET)
    await refresh_day(work, on)
    return fact


async def say(work: Work, visit_id: int, said: Said) -> tuple[date, dict[str, Json] | None]:
    """Report a visit with one tap, and give the useful fact back. A second tap changes nothing.

    Raises Refused: no_such_visit, old_button for a visit of a day to come.
    """
    visit = await get_visit(work, visit_id)
    if visit.on > work.today:
        raise Refused("old_button")
    if await is_recorded(work, visit):
        return visit.on, None
    fact = await _save(work, visit, said)
    await refresh_day(work, visit.on)
    return visit.on, fact


async def unsay(work: Work, report_id: int) -> date:
    """Take such a report back. Raises Refused: no_such_report, already_undone."""
    report = await take_back(work, report_id)
    visit = await get_visit(work, report.visit_id)
    await refresh_day(work, visit.on)
    return visit.on


async def _save(work: Work, visit: Visit, said: Said) -> dict[str, Json]:
    customer = await get_customer(work.session, work.acting, visit.customer_id)
    next_on = next_visit_days(customer, work.acting, work.today, await working_days_of(work.session, work.acting))[0]
    answers = {name: Answer(value=value) for name, value in _ANSWERS[said].items()}
    answers["next_visit"] = Answer(value=next_on.isoformat())
    opened = await drafts.finish_at_once(
        work, PostVisit, answers, customer_id=visit.customer_id, visit_id=visit.id or 0
    )
    report = await save_report(work, opened)
    return await give_fact(work, report, visit, filled(PostVisit, opened.draft))
