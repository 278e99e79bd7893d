"""A visit of the day: found where it is planned or under way, made where it is not."""

from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.vocabulary import VisitState
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.tables import Report, Visit

OPEN = (VisitState.STARTED, VisitState.PLANNED)
_ORDER = {VisitState.STARTED: 0, VisitState.PLANNED: 1, VisitState.MISSED: 2}


def unrecorded() -> ColumnElement[bool]:
    """Which visits still take a report: open ones, and missed ones of which nobody has said more than that."""
    told = exists().where(col(Report.visit_id) == col(Visit.id), col(Report.undone_at).is_(None))
    return or_(col(Visit.state).in_(OPEN), and_(col(Visit.state) == VisitState.MISSED, ~told))


async def is_recorded(work: Work, visit: Visit) -> bool:
    """Whether a visit takes no report any more."""
    return (await work.session.exec(select(Visit).where(col(Visit.id) == visit.id, unrecorded()))).first() is None


async def open_visit(work: Work, customer_id: int, on: date) -> Visit | None:
    """The acting person's visit to a customer on a date that is not recorded yet; the one that got furthest."""
    query = select(Visit).where(
        col(Visit.member_id) == work.acting.member_id,
        col(Visit.customer_id) == customer_id,
        col(Visit.on) == on,
        unrecorded(),
    )
    visits = (await work.session.exec(query)).all()
    return min(visits, key=lambda visit: (_ORDER[visit.state], visit.id or 0), default=None)


async def visit_on(work: Work, customer_id: int, on: date) -> Visit:
    """As ``open_visit``, making a visit where there is none. Raises Refused for a customer that is not visible."""
    customer = await get_customer(work.session, work.acting, customer_id)
    if not work.acting.records:
        raise Refused("not_for_your_role")
    found = await open_visit(work, customer_id, on)
    if found is not None:
        return found
    assert customer.id is not None
    visit = Visit(
        team_id=work.acting.team_id,
        customer_id=customer.id,
        member_id=work.acting.member_id,
        on=on,
        state=VisitState.PLANNED,
        created_at=work.now,
    )
    work.session.add(visit)
    await work.session.flush()
    return visit


async def get_visit(work: Work, visit_id: int) -> Visit:
    """The acting person's own visit. Raises Refused("no_such_visit")."""
    query = select(Visit).where(col(Visit.id) == visit_id, col(Visit.member_id) == work.acting.member_id)
    visit = (await work.session.exec(query)).one_or_none()
    if visit is None:
        raise Refused("no_such_visit")
    return visit
