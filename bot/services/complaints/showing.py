"""A complaint with its steps, and the list of those that are open."""

from sqlmodel import col, func, select

from bot.domain.promises import is_late, postponed_to
from bot.domain.screen import Json, Place, Screen
from bot.services.complaints.changing import may_work, possible_owners
from bot.services.customers.card import contacts_of, shortened
from bot.services.promises.showing import NEXT_TIME_FORMAT
from bot.services.work import Work
from bot.services.working_hours import working_hours_of
from bot.store.complaints import visible_complaints
from bot.store.tables import Complaint, ComplaintEvent, Customer, Member

STEPS_SHOWN = 5
PAGE = 8
PEOPLE_SHOWN = 4
OWNERS_SHOWN = 8
LIST = "complaints"


async def complaint_screen(work: Work, complaint: Complaint, *, menu: str | None = None) -> Screen:
    """One complaint. ``menu`` shows in place of its buttons who can confirm, or to whom it can be given."""
    facts = (await _lines(work, [complaint]))[0]
    later = postponed_to(max(work.now, complaint.due_at or work.now), await working_hours_of(work.session, work.acting))
    query = (
        select(ComplaintEvent, Member.name)
        .outerjoin(Member, col(Member.id) == col(ComplaintEvent.member_id))
        .where(col(ComplaintEvent.complaint_id) == complaint.id)
        .order_by(col(ComplaintEvent.id).desc())
        .limit(STEPS_SHOWN)
    )
    steps = list((await work.session.exec(query)).all())
    people = await contacts_of(work.session, work.acting, complaint.customer_id) if menu == "sure" else ()
    owners = await possible_owners(work) if menu == "give" else ()
    facts |= {
        "steps": [
            {"event": step.event, "words": shortened(step.words), "at": step.at.isoformat(), "who": who}
            for step, who in reversed(steps)
        ],
        "works": await may_work(work, complaint),
        "later_at": later.isoformat(),
        "later_code": f"{later:{NEXT_TIME_FORMAT}}",
        "menu": menu,
        "people": [{"id": one.id, "name": one.name} for one in people[:PEOPLE_SHOWN]],
        "owners": [
            {"id": one.id, "name": one.name, "owns": one.id == complaint.owner_id} for one in owners[:OWNERS_SHOWN]
        ],
    }
    return Screen(template="replies/complaint", facts=facts, living=f"complaint:{complaint.id}")


async def complaints_screen(work: Work, *, page: int = 0, below: bool = False) -> Screen:
    """Open complaints: own ones first, then by due time."""
    query = visible_complaints(work.acting).where(col(Complaint.closed_at).is_(None))
    count = int((await work.session.exec(select(func.count()).select_from(query.subquery()))).one())
    pages = max(1, -(-count // PAGE))
    page = min(max(page, 0), pages - 1)
    ordered = query.order_by(
        col(Complaint.owner_id) != work.acting.member_id,
        col(Complaint.due_at).is_(None),
        col(Complaint.due_at),
        col(Complaint.opened_at),
    )
    found = list((await work.session.exec(ordered.offset(page * PAGE).limit(PAGE))).all())
    facts: dict[str, Json] = {
        "items": list[Json](await _lines(work, found)),
        "count": count,
        "page": page,
        "pages": pages,
        "first": page * PAGE + 1,
    }
    place = Place.BELOW if below else Place.EDIT
    return Screen(template="replies/complaints", facts=facts, living=LIST, place=place)


async def _lines(work: Work, complaints: list[Complaint]) -> list[dict[str, Json]]:
    customers = select(col(Customer.id), col(Customer.name)).where(
        col(Customer.id).in_([one.customer_id for one in complaints])
    )
    owners = select(col(Member.id), col(Member.name)).where(col(Member.id).in_([one.owner_id for one in complaints]))
    names = dict((await work.session.exec(customers)).all())
    people = dict((await work.session.exec(owners)).all())
    today = work.acting.local(work.now).date()
    return [
        {
            "id": one.id,
            "customer_id": one.customer_id,
            "customer": names[one.customer_id],
            "text": one.text,
            "day": (today - work.acting.local(one.opened_at).date()).days + 1,
            "owner": people.get(one.owner_id),
            "own": one.owner_id == work.acting.member_id,
            "due_at": one.due_at.isoformat() if one.due_at else None,
            "late": one.closed_at is None and is_late(one.due_at, now=work.now),
            "solved": one.solved_at is not None,
            "closed_at": one.closed_at.isoformat() if one.closed_at else None,
            "confirmed_by": one.confirmed_by,
        }
        for one in complaints
    ]
