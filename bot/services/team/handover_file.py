"""The file that goes with a handover: one row a customer, with what its new rep must know before the first visit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import col, select

from bot.domain.vocabulary import Language, PromiseState
from bot.services.importing.columns import COLUMNS, Column, Kind
from bot.services.spreadsheet import SheetToWrite, Value
from bot.services.work import Work
from bot.store.tables import Complaint, Contact, Customer, Order, Promise, Report, Touch, Visit

_CUSTOMER = COLUMNS[Kind.CUSTOMERS]
COLUMNS_OF_HANDOVER = (
    _CUSTOMER["name"],
    _CUSTOMER["address"],
    _CUSTOMER["phone"],
    _CUSTOMER["grade"],
    _CUSTOMER["stage"],
    Column(en="Introduce yourself on", zh_hans="首次登门", zh_hant="首次登門"),
    Column(en="People", zh_hans="联系人", zh_hant="聯絡人"),
    Column(en="Last contact", zh_hans="最后联系", zh_hant="最後聯絡"),
    Column(en="Last order", zh_hans="最后下单", zh_hant="最後下單"),
    Column(en="Open promises", zh_hans="未了承诺", zh_hant="未了承諾"),
    Column(en="Open complaints", zh_hans="未结投诉", zh_hant="未結客訴"),
    Column(en="What the last rep noted", zh_hans="前任备注", zh_hant="前任備註"),
    _CUSTOMER["notes"],
)
NOTES_EACH = 3


async def handover_sheet(
    work: Work, customers: Sequence[Customer], days: Mapping[int, str], language: Language
) -> SheetToWrite:
    """The sheet, the important customers first."""
    ids = [customer.id or 0 for customer in customers]
    people, promises, complaints = await _people(work, ids), await _promises(work, ids), await _complaints(work, ids)
    touched, ordered, notes = await _last_days(work, ids), await _last_orders(work, ids), await _notes(work, ids)
    rows: list[list[Value]] = []
    for customer in sorted(customers, key=lambda one: (one.grade.value if one.grade else "~", one.id or 0)):
        key = customer.id or 0
        rows.append(
            [
                customer.name,
                customer.address,
                customer.phone,
                customer.grade and customer.grade.value,
                customer.stage and customer.stage.value,
                date.fromisoformat(days[key]) if key in days else None,
                "; ".join(people[key]),
                touched.get(key),
                ordered.get(key),
                "; ".join(promises[key]),
                "; ".join(complaints[key]),
                "; ".join(notes[key]),
                customer.notes,
            ]
        )
    headers = [column.header(language) for column in COLUMNS_OF_HANDOVER]
    return SheetToWrite(title="handover", headers=headers, rows=rows)


async def _people(work: Work, ids: Sequence[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    query = select(Contact).where(col(Contact.customer_id).in_(ids)).order_by(col(Contact.decides).desc())
    for one in (await work.session.exec(query)).all():
        found[one.customer_id].append(" ".join(part for part in (one.name, one.job_title, one.phone) if part))
    return found


async def _promises(work: Work, ids: Sequence[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    query = select(Promise).where(col(Promise.customer_id).in_(ids), col(Promise.state) == PromiseState.OPEN)
    for one in (await work.session.exec(query.order_by(col(Promise.due_at)))).all():
        due = f" ({work.acting.local(one.due_at):%Y-%m-%d})" if one.due_at else ""
        found[one.customer_id].append(f"{one.text or one.kind}{due}")
    return found


async def _complaints(work: Work, ids: Sequence[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    query = select(Complaint).where(col(Complaint.customer_id).in_(ids), col(Complaint.closed_at).is_(None))
    for one in (await work.session.exec(query)).all():
        found[one.customer_id].append(one.text)
    return found


async def _last_days(work: Work, ids: Sequence[int]) -> Mapping[int, date]:
    query = select(Touch.customer_id, Touch.at).where(col(Touch.customer_id).in_(ids)).order_by(col(Touch.at))
    return {customer: work.acting.local(at).date() for customer, at in (await work.session.exec(query)).all()}


async def _last_orders(work: Work, ids: Sequence[int]) -> Mapping[int, date]:
    query = select(col(Order.customer_id), col(Order.ordered_on)).where(col(Order.customer_id).in_(ids))
    return dict((await work.session.exec(query.order_by(col(Order.ordered_on)))).all())


async def _notes(work: Work, ids: Sequence[int]) -> Mapping[int, list[str]]:
    """The free words of the last reports, newest first."""
    found: dict[int, list[str]] = defaultdict(list)
    query = (
        select(col(Visit.customer_id), col(Report.answers))
        .join(Visit, col(Visit.id) == col(Report.visit_id))
        .where(col(Visit.customer_id).in_(ids), col(Report.undone_at).is_(None))
        .order_by(col(Report.saved_at).desc())
    )
    for customer_id, answers in (await work.session.exec(query)).all():
        said = answers.get("answers", {}).get("notes", {}).get("value")
        if isinstance(said, str) and len(found[customer_id]) < NOTES_EACH:
            found[customer_id].append(said)
    return found
