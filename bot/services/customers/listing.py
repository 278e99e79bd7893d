"""A page of the customer list: what a filter or a search lets through, in order, with the figures around it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import defer
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.names import name_key
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.services.customers.card import may_change, shortened
from bot.services.customers.filters import CustomerFilter, Kind, fits_button
from bot.services.customers.searching import find_customers, list_order, searched_words
from bot.services.customers.waiting import Waiting, measure_waiting
from bot.store.customers import visible_customers
from bot.store.tables import Customer

PAGE = 8
TAGS_OFFERED = 12
LABEL_CHARACTERS, WORDS_CHARACTERS, NEW_NAME_CHARACTERS = 36, 60, 20
LIVING = "list:customers"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPage:
    """What a filter lets through: one page of it, and how many there are in all."""

    chosen: CustomerFilter
    customers: Sequence[Customer]
    waiting: dict[int, Waiting]
    total: int
    number: int
    pages: int
    by_grade: dict[str, int]
    words: str = ""


async def worked_with(session: AsyncSession, acting: Acting) -> list[Customer]:
    """Every visible customer with whom business goes on, by grade and name; notes and extra columns stay unread."""
    query = visible_customers(acting).where(col(Customer.ended_at).is_(None))
    query = query.options(defer(col(Customer.notes)), defer(col(Customer.extra)))  # type: ignore[arg-type] # col() hides that this is a mapped attribute
    return sorted((await session.exec(query)).all(), key=list_order)


async def list_customers(
    session: AsyncSession,
    acting: Acting,
    chosen: CustomerFilter,
    number: int,
    now: datetime,
    *,
    words: str = "",
) -> CustomerPage:
    """The ``number``-th page (from 0; the last one when there are fewer). ``words`` are those of a search that is not
    kept yet. Raises Refused("button_unknown") for a forgotten search."""
    everybody = await worked_with(session, acting)
    if chosen.kind is Kind.SEARCH:
        words = words or await searched_words(session, acting, int(chosen.value))
        found: Sequence[Customer] = await find_customers(session, acting, everybody, words)
    elif chosen.kind is Kind.OVERDUE:
        found = await _overdue(session, acting, everybody, now)
    else:
        found = [customer for customer in everybody if _passes(customer, chosen)]
    pages = max(1, -(-len(found) // PAGE))
    number = min(max(0, number), pages - 1)
    shown = found[number * PAGE : (number + 1) * PAGE]
    return CustomerPage(
        chosen=chosen,
        customers=shown,
        waiting=await measure_waiting(session, acting, shown, now),
        total=len(found),
        number=number,
        pages=pages,
        by_grade=dict(Counter(customer.grade.value if customer.grade else "" for customer in everybody)),
        words=words,
    )


def _passes(customer: Customer, chosen: CustomerFilter) -> bool:
    match chosen.kind:
        case Kind.GRADE:
            return customer.grade == chosen.value
        case Kind.UNGRADED:
            return customer.grade is None
        case Kind.STAGE:
            return customer.stage == chosen.value
        case Kind.TAG:
            return chosen.value in customer.tags
        case _:
            return True


async def _overdue(
    session: AsyncSession, acting: Acting, customers: Sequence[Customer], now: datetime
) -> list[Customer]:
    waiting = await measure_waiting(session, acting, customers, now)
    late = [customer for customer in customers if waiting[customer.id or 0].is_overdue]
    return sorted(late, key=lambda customer: -waiting[customer.id or 0].urgency)


def list_screen(acting: Acting, page: CustomerPage, *, below: bool = False) -> Screen:
    """The page as a screen; an empty territory has a screen of its own that says what to do next."""
    place = Place.BELOW if below else Place.EDIT
    if not page.by_grade and page.chosen.kind is not Kind.SEARCH:
        facts: dict[str, Json] = {"leads": acting.leads, "records": acting.records}
        return Screen(template="replies/customers_none", facts=facts, living=LIVING, place=place)
    lines: list[Json] = [
        {
            "id": customer.id,
            "name": shortened(customer.name, LABEL_CHARACTERS),
            "grade": customer.grade.value if customer.grade else "",
            "overdue_days": page.waiting[customer.id or 0].overdue_days,
        }
        for customer in page.customers
    ]
    facts = {
        "kind": page.chosen.kind.name.lower(),
        "value": page.chosen.value,
        "token": page.chosen.token,
        "words": shortened(page.words, WORDS_CHARACTERS),
        "words_short": shortened(page.words, NEW_NAME_CHARACTERS),
        "can_add": may_change(acting) and bool(name_key(page.words)),
        "lines": lines,
        "total": page.total,
        "number": page.number,
        "pages": page.pages,
        "by_grade": dict(page.by_grade),
    }
    return Screen(template="replies/customers", facts=facts, living=LIVING, place=place)


async def tags_screen(session: AsyncSession, acting: Acting) -> Screen:
    """The tags in use, most used first, to choose one from."""
    facts: dict[str, Json] = {"tags": list[Json](tags_in_use(await worked_with(session, acting)))}
    return Screen(template="replies/customers_tags", facts=facts, living=LIVING)


async def stages_screen(session: AsyncSession, acting: Acting) -> Screen:
    """The relationship stages with their numbers of customers, to choose one from."""
    counts = Counter(customer.stage.value for customer in await worked_with(session, acting) if customer.stage)
    return Screen(template="replies/customers_stages", facts={"counts": dict(counts)}, living=LIVING)


def tags_in_use(customers: Sequence[Customer]) -> list[str]:
    """The most used tags that a button can carry."""
    counted = Counter(tag for customer in customers for tag in customer.tags if fits_button(tag))
    return [tag for tag, _ in counted.most_common(TAGS_OFFERED)]
