"""What a rep hears of the own day: the route, a brief before an appointment, reports that are missing."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Unavailable
from bot.domain.screen import Screen
from bot.domain.vocabulary import VisitState
from bot.services.briefs import brief_facts
from bot.services.day import morning_screen, refresh_day
from bot.services.day.plan import PlanMovedError
from bot.services.missing_reports import is_report_missing
from bot.services.notices.telling import Telling
from bot.services.reports.missing import missing_screen
from bot.store.tables import Visit


async def tell_morning(telling: Telling) -> bool:
    """The day's route, in the message that is edited through the day."""
    assert telling.notice.on is not None
    try:
        screen = await morning_screen(telling.work, telling.notice.on, telling.prepared)
    except PlanMovedError as error:
        raise Unavailable("the plan is being changed by somebody else") from error
    if screen is None:
        return False
    await telling.push(screen)
    return True


async def tell_refresh(telling: Telling) -> bool:
    """Show in the day's message, silently, that a report is missing."""
    visit = await _visit(telling.work.session, telling.notice.subject_id)
    if visit is None or not is_report_missing(visit, telling.work.now):
        return False
    await refresh_day(telling.work, visit.on)
    return True


async def tell_brief(telling: Telling) -> bool:
    """The brief before an appointment that still stands at the time for which this notice was made."""
    work, notice = telling.work, telling.notice
    visit = await _visit(work.session, notice.subject_id)
    if visit is None or visit.state is not VisitState.PLANNED or visit.appointment_at is None:
        return False
    if visit.appointment_at <= work.now or visit.member_id != work.acting.member_id:
        return False
    facts = await brief_facts(work, visit.customer_id)
    facts["appointment_at"] = visit.appointment_at.isoformat()
    await telling.push(Screen(template="notices/brief_soon", facts=facts, living=f"brief:{visit.customer_id}"))
    return True


async def tell_missing(telling: Telling) -> bool:
    """All reports of the day that are missing, in one message: asked for once."""
    assert telling.notice.on is not None
    screen = await missing_screen(telling.work, telling.notice.on)
    if screen is None or not screen.facts["count"]:
        return False
    await telling.push(screen)
    return True


async def _visit(session: AsyncSession, visit_id: int | None) -> Visit | None:
    return (await session.exec(select(Visit).where(col(Visit.id) == visit_id))).one_or_none()
