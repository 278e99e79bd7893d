"""What a report says of our service: kept with what shows it, and what it makes due."""

from sqlmodel import col, select

from bot.domain import care
from bot.domain.care import Prompt
from bot.domain.forms.post_visit import PostVisit
from bot.domain.vocabulary import ServiceLevel
from bot.services.care.entering import enter
from bot.services.work import Work
from bot.store.care import has_open_complaint, last_asked_on
from bot.store.tables import CareQuiet, ServiceMark, Visit

IN_A_ROW = 2


async def note_service(work: Work, form: PostVisit, visit: Visit, report_id: int) -> None:
    """Keep the visit's service level and satisfaction; enter the alerts and the ask that they give rise to."""
    if form.service_level is None and form.expected is None and form.perceived is None:
        return
    work.session.add(
        ServiceMark(
            team_id=work.acting.team_id,
            customer_id=visit.customer_id,
            member_id=work.acting.member_id,
            report_id=report_id,
            on=visit.on,
            level=form.service_level,
            evidence=form.service_evidence or "",
            expected=form.expected,
            expected_from=form.expected_from,
            perceived=form.perceived,
            created_at=work.now,
        )
    )
    await work.session.flush()
    quiet = set(
        (
            await work.session.exec(
                select(col(CareQuiet.kind)).where(
                    col(CareQuiet.team_id) == work.acting.team_id, col(CareQuiet.customer_id) == visit.customer_id
                )
            )
        ).all()
    )
    for prompt in await _prompts(work, form, visit, report_id):
        if prompt.kind not in quiet:
            await enter(work, prompt, report_id=report_id)


async def _prompts(work: Work, form: PostVisit, visit: Visit, report_id: int) -> list[Prompt]:
    customer_id, made = visit.customer_id, []
    levels = await last_levels(work, customer_id)
    if levels == [ServiceLevel.BASIC] * IN_A_ROW:
        made.append(care.service_alert(customer_id, report_id, work.today))
    gap = satisfaction_gap(form.expected, form.perceived)
    if gap is not None and gap <= care.LEAST_GAP:
        source = form.expected_from.value if form.expected_from else None
        made.append(care.satisfaction_alert(customer_id, report_id, work.today, gap=gap, source=source))
    if form.service_level is not None and await may_ask_introduction(work, customer_id, form.service_level):
        made.append(care.referral_after_visit(customer_id, report_id, form.service_level, work.today))
    return made


def satisfaction_gap(expected: int | None, perceived: int | None) -> int | None:
    """Perceived minus expected; None where one of them is not known."""
    return None if expected is None or perceived is None else perceived - expected


async def last_levels(work: Work, customer_id: int, count: int = IN_A_ROW) -> list[ServiceLevel]:
    """The levels of a customer's last visits, the newest first; visits without one, and moments, do not count."""
    query = (
        select(col(ServiceMark.level))
        .where(
            col(ServiceMark.team_id) == work.acting.team_id,
            col(ServiceMark.customer_id) == customer_id,
            col(ServiceMark.level).is_not(None),
            col(ServiceMark.report_id).is_not(None),
        )
        .order_by(col(ServiceMark.on).desc(), col(ServiceMark.id).desc())
        .limit(count)
    )
    return [level for level in (await work.session.exec(query)).all() if level is not None]


async def may_ask_introduction(work: Work, customer_id: int, level: ServiceLevel) -> bool:
    """Whether this visit is the moment to ask for an introduction; a complaint of this very report counts as open."""
    asked = (await last_asked_on(work.session, work.acting.team_id, [customer_id])).get(customer_id)
    return care.is_good_moment_to_ask(
        level,
        has_open_complaint=await has_open_complaint(work.session, work.acting.team_id, customer_id),
        last_asked_on=work.acting.local(asked).date() if asked else None,
        today=work.today,
    )
