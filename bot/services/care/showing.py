"""What is due of care, as a list and one by one, each with a text ready to forward in the customer's language."""

from collections.abc import Sequence

from sqlmodel import col, func, select

from bot.domain.care import SHARED, CareKind
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import Role
from bot.services.care.answering import group_of, later_day
from bot.services.care.languages import language_of
from bot.services.care.touching import touched
from bot.services.customers.card import contacts_of, main_contact
from bot.services.playbook import idea_of, team_playbook
from bot.services.work import Work
from bot.store.care import due_prompts
from bot.store.tables import CarePrompt, Contact, Customer, Introduction, Member, Team

LIVING = "care"
PAGE = 8
NAMES_SHOWN = 12
_ORDER = list(CareKind)
Due = tuple[CarePrompt, Customer]


async def due_now(work: Work) -> list[Due]:
    """What is due today and no touch has answered, the most pressing first, then those waiting longest."""
    rows = await due_prompts(work.session, work.acting, work.today)
    answered = await touched(work.session, work.acting.team_id, [prompt for prompt, _ in rows])
    open_rows = [row for row in rows if row[0].id not in answered]
    return sorted(open_rows, key=lambda row: (_ORDER.index(row[0].kind), row[0].due_on, row[1].name))


def _heads(rows: Sequence[Due]) -> list[tuple[Due, int]]:
    """One line a prompt; what shares its text is one line with its count."""
    counts: dict[str, int] = {}
    heads: dict[str, Due] = {}
    for prompt, customer in rows:
        name = prompt.key if prompt.kind in SHARED else str(prompt.id)
        counts[name] = counts.get(name, 0) + 1
        heads.setdefault(name, (prompt, customer))
    return [(head, counts[name]) for name, head in heads.items()]


async def list_screen(work: Work, *, page: int = 0, below: bool = False, said: dict[str, Json] | None = None) -> Screen:
    """Everything that is due, a page at a time, each to be ticked off. ``said`` is what was just answered."""
    lines = _heads(await due_now(work))
    pages = max(1, -(-len(lines) // PAGE))
    page = min(max(page, 0), pages - 1)
    shown = lines[page * PAGE : (page + 1) * PAGE]
    owners = await _owners(work, [customer for (_, customer), _ in shown])
    items: list[Json] = [
        {**_line(prompt, customer), "count": count, "owner": owners.get(customer.owner_id or 0)}
        for (prompt, customer), count in shown
    ]
    facts: dict[str, Json] = {
        "items": items,
        "count": len(lines),
        "page": page,
        "pages": pages,
        "first": page * PAGE + 1,
        "leads": work.acting.leads,
        "records": work.acting.records,
        "said": said,
        "on": work.today.isoformat(),
    }
    return Screen(template="replies/care", facts=facts, living=LIVING, place=Place.BELOW if below else Place.EDIT)


def _line(prompt: CarePrompt, customer: Customer) -> dict[str, Json]:
    return {
        "id": prompt.id,
        "kind": prompt.kind.value,
        "facts": dict(prompt.facts),
        "customer": customer.id,
        "name": customer.name,
        "grade": customer.grade.value if customer.grade else None,
        "due_on": prompt.due_on.isoformat(),
    }


async def _owners(work: Work, customers: Sequence[Customer]) -> dict[int, str]:
    """The reps of others' customers."""
    wanted = {one.owner_id for one in customers if one.owner_id not in (None, work.acting.member_id)}
    if not wanted:
        return {}
    query = select(col(Member.id), col(Member.name)).where(
        col(Member.team_id) == work.acting.team_id, col(Member.id).in_(wanted)
    )
    return {identity: name for identity, name in (await work.session.exec(query)).all() if identity is not None}


async def one_screen(
    work: Work,
    prompt: CarePrompt,
    customer: Customer,
    *,
    said: dict[str, Json] | None = None,
    alone: bool = False,
    living: str = LIVING,
) -> Screen:
    """One prompt: why it came, what to do, what to write. ``alone`` shows one of a group by itself.

    ``said`` is what was just answered, so that a slip can be taken back.
    """
    group = await group_of(work, prompt) if prompt.kind in SHARED and not alone else []
    facts: dict[str, Json] = {
        **_line(prompt, customer),
        **await _text_facts(work, prompt, customer),
        "settled": prompt.settled_at is not None,
        "later_on": (await later_day(work, prompt.kind)).isoformat(),
        "group": list[Json](await _names(work, group)),
        "count": len(group),
        "idea": await _idea(work, prompt) if prompt.kind is CareKind.NURTURE else None,
        "introduced": await _introduced(work, customer) if prompt.kind is CareKind.REFERRAL else 0,
        "answers": work.acting.records or work.acting.leads or work.acting.role is Role.SERVICE,
        "said": said,
    }
    return Screen(template="replies/care_one", facts=facts, living=living)


async def _idea(work: Work, prompt: CarePrompt) -> str | None:
    """A way to help without selling, of the team's playbook: another one after each touch."""
    touches = prompt.facts.get("touches")
    return idea_of(await team_playbook(work.session, work.acting), touches if isinstance(touches, int) else 0)


async def text_screen(work: Work, prompt: CarePrompt, customer: Customer) -> Screen:
    """The ready text alone, as a message that the phone can forward."""
    facts = {**_line(prompt, customer), **await _text_facts(work, prompt, customer)}
    return Screen(template="replies/care_text", facts=facts, living=f"care_text:{prompt.id}", place=Place.BELOW)


async def next_screen(work: Work, said: dict[str, Json]) -> Screen:
    """After an answer: the next that is due, else that all is done."""
    rows = await due_now(work)
    if rows:
        prompt, customer = rows[0]
        return await one_screen(work, prompt, customer, said=said)
    return Screen(template="replies/care_done", facts={"said": said}, living=LIVING)


async def _text_facts(work: Work, prompt: CarePrompt, customer: Customer) -> dict[str, Json]:
    assert customer.id is not None
    query = select(col(Team.name)).where(col(Team.id) == work.acting.team_id)
    return {
        "who": await _addressed(work, prompt, customer.id),
        "rep": work.acting.name,
        "team": (await work.session.exec(query)).one(),
        "language_code": (await language_of(work, customer.id)).value,
        "phone": customer.phone,
    }


async def _addressed(work: Work, prompt: CarePrompt, customer_id: int) -> str:
    """Whom the text addresses: the one whose birthday it is, else the most important contact."""
    if prompt.kind in SHARED:
        return ""  # one text for all
    people = await contacts_of(work.session, work.acting, customer_id)
    born = next((one for one in people if one.id == prompt.facts.get("contact")), None)
    contact: Contact | None = born or main_contact(people)
    return contact.name if contact else ""


async def _names(work: Work, group: Sequence[CarePrompt]) -> list[str]:
    chosen = [one.customer_id for one in group[:NAMES_SHOWN]]
    if not chosen:
        return []
    query = select(col(Customer.name)).where(col(Customer.team_id) == work.acting.team_id, col(Customer.id).in_(chosen))
    return list((await work.session.exec(query.order_by(col(Customer.name)))).all())


async def _introduced(work: Work, customer: Customer) -> int:
    query = select(func.count()).where(
        col(Introduction.team_id) == work.acting.team_id, col(Introduction.by_customer_id) == customer.id
    )
    return (await work.session.exec(query)).one()
