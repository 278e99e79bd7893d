"""Changes a team's playbook, audited: a rep proposes, a manager decides, rewords, hides and brings back.

A rep's words become visible to the rep at once and to the team after a manager's tap: a team's playbook is said in
the firm's name, and a glance catches what must not stand in it, a customer's name or a discount nobody may give.
"""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.playbook import ANY, CATEGORY, EntryState, Section, is_slot, names_in, own_key
from bot.domain.vocabulary import ObjectionResult
from bot.playbook import load_playbook
from bot.services.notices import ledger
from bot.services.notices.ledger import Kind
from bot.services.promises.reminding import managers_of
from bot.services.work import Work
from bot.store.tables import AuditEntry, Contact, Customer, Objection, PlaybookEntry, Report, Team

CATEGORY_CHARACTERS = 40


async def add_entry(work: Work, section: str, slot: str, text: str, fact: str = "") -> PlaybookEntry:
    """Add the acting person's words: shown at once for who leads, proposed by anybody else.

    Raises Refused: button_unknown for a place that is none, names_a_customer.
    """
    if not is_slot(section, slot) or not (work.acting.leads or work.acting.records):
        raise Refused("button_unknown")
    await _check_names(work, text, fact)
    leads = work.acting.leads
    entry = PlaybookEntry(
        team_id=work.acting.team_id,
        section=section,
        slot=slot,
        text=text,
        fact=fact,
        state=EntryState.SHOWN if leads else EntryState.PROPOSED,
        author_id=work.acting.member_id,
        decided_by_id=work.acting.member_id if leads else None,
        created_at=work.now,
        changed_at=work.now,
    )
    work.session.add(entry)
    await work.session.flush()
    await _count_earlier(work, entry)
    await _audit(work, entry, "playbook_added" if leads else "playbook_proposed")
    for manager_id in [] if leads else await managers_of(work.session, work.acting.team_id):
        await ledger.plan(
            work.session,
            team_id=work.acting.team_id,
            member_id=manager_id,
            kind=Kind.PLAYBOOK,
            subject_id=entry.id,
            due_at=work.now,
        )
    return entry


async def _count_earlier(work: Work, entry: PlaybookEntry) -> None:
    """What was answered in these very words before counts for the entry, too."""
    if entry.section != Section.ANSWERS:
        return
    assert entry.id is not None
    same_kind = col(Objection.kind).is_(None) if entry.slot == ANY else col(Objection.kind) == entry.slot
    earlier = update(Objection).where(
        col(Objection.team_id) == entry.team_id,
        col(Objection.answer).is_(None),
        col(Objection.answer_words) == entry.text,
        same_kind,
    )
    await work.session.exec(earlier.values(answer=own_key(Section.ANSWERS, entry.slot, entry.id)))


async def add_won_answer(work: Work, objection_id: int) -> PlaybookEntry:
    """Add the answer in own words that resolved an objection of the acting person's report; its win counts for it.

    A second tap gives the entry that stands. Raises Refused: button_unknown, names_a_customer.
    """
    query = select(Objection).where(
        col(Objection.id) == objection_id,
        col(Objection.team_id) == work.acting.team_id,
        col(Objection.report_id).in_(select(col(Report.id)).where(col(Report.member_id) == work.acting.member_id)),
    )
    objection = (await work.session.exec(query.with_for_update())).one_or_none()
    if objection is None or not objection.answer_words or objection.result is not ObjectionResult.RESOLVED:
        raise Refused("button_unknown")
    slot = objection.kind.value if objection.kind else ANY
    if objection.answer is not None:
        return await get_entry(work.session, work.acting, int(objection.answer.rpartition(".t")[2]))
    entry = await add_entry(work, Section.ANSWERS, slot, objection.answer_words)
    assert entry.id is not None
    objection.answer = own_key(Section.ANSWERS, slot, entry.id)
    await work.session.flush()
    return entry


async def get_entry(session: AsyncSession, acting: Acting, entry_id: int) -> PlaybookEntry:
    """An entry of the acting person's team. Raises Refused("no_such_entry")."""
    query = select(PlaybookEntry).where(col(PlaybookEntry.team_id) == acting.team_id, col(PlaybookEntry.id) == entry_id)
    entry = (await session.exec(query)).one_or_none()
    if entry is None:
        raise Refused("no_such_entry")
    return entry


async def decide(work: Work, entry_id: int, state: EntryState) -> PlaybookEntry:
    """Take a proposal in or decline it. One that was decided a moment earlier stays as it is."""
    _check_leads(work)
    entry = await get_entry(work.session, work.acting, entry_id)
    statement = (
        update(PlaybookEntry)
        .where(
            col(PlaybookEntry.id) == entry_id,
            col(PlaybookEntry.team_id) == work.acting.team_id,
            col(PlaybookEntry.state) == EntryState.PROPOSED,
        )
        .values(state=state, decided_by_id=work.acting.member_id, changed_at=work.now)
    )
    if (await work.session.exec(statement)).rowcount:
        await _audit(work, entry, f"playbook_{'taken_in' if state is EntryState.SHOWN else 'declined'}")
    await work.session.refresh(entry)
    return entry


async def set_state(work: Work, key: str, state: EntryState) -> str:
    """Hide an entry or show it again, shipped or own. Gives its key. Raises Refused."""
    _check_leads(work)
    entry = await _row_of(work, key)
    if entry.state is not state:
        entry.state, entry.changed_at, entry.decided_by_id = state, work.now, work.acting.member_id
        await work.session.flush()
        await _audit(work, entry, f"playbook_{state.value}")
    return key


async def reword(work: Work, key: str, text: str, fact: str) -> str:
    """Say an entry in the team's own words. Gives its key. Raises Refused: not_for_your_role, no_such_entry."""
    _check_leads(work)
    await _check_names(work, text, fact)
    entry = await _row_of(work, key)
    before = {"text": entry.text, "fact": entry.fact}
    entry.text, entry.fact, entry.changed_at = text, fact, work.now
    if entry.state is EntryState.PROPOSED:
        entry.state, entry.decided_by_id = EntryState.SHOWN, work.acting.member_id
    await work.session.flush()
    await _audit(work, entry, "playbook_reworded", before=before)
    return key


async def restore(work: Work, key: str) -> str:
    """Back to the shipped words, and shown. Raises Refused("no_such_entry") for one that was not shipped."""
    _check_leads(work)
    entry = await _row_of(work, key)
    if entry.shipped_key is None:
        raise Refused("no_such_entry")
    before = {"text": entry.text, "fact": entry.fact}
    entry.text, entry.fact, entry.state, entry.changed_at = "", "", EntryState.SHOWN, work.now
    await work.session.flush()
    await _audit(work, entry, "playbook_restored", before=before)
    return key


async def name_category(work: Work, words: str) -> None:
    """What the team sells, in its own words: the shipped questions then speak of it."""
    _check_leads(work)
    team = (await work.session.exec(select(Team).where(col(Team.id) == work.acting.team_id).with_for_update())).one()
    team.settings = {**team.settings, CATEGORY: words}
    work.session.add(team)
    work.session.add(_entry_of_audit(work, "category_named", team.id, {"category": words}, work.now))
    await work.session.flush()


async def _row_of(work: Work, key: str) -> PlaybookEntry:
    """The team's row of an entry, made where a shipped one has none yet."""
    section, _, rest = key.partition(".")
    slot, _, name = rest.partition(".")
    if not is_slot(section, slot):
        raise Refused("no_such_entry")
    if name[:1] == "t" and name[1:].isascii() and name[1:].isdecimal():
        entry = await get_entry(work.session, work.acting, int(name[1:10]))
        if (entry.section, entry.slot, entry.shipped_key) != (section, slot, None):
            raise Refused("no_such_entry")
        return entry
    if key not in load_playbook(work.acting.language).entries:
        raise Refused("no_such_entry")
    query = select(PlaybookEntry).where(
        col(PlaybookEntry.team_id) == work.acting.team_id, col(PlaybookEntry.shipped_key) == key
    )
    known = (await work.session.exec(query)).one_or_none()
    if known is not None:
        return known
    entry = PlaybookEntry(
        team_id=work.acting.team_id,
        section=section,
        slot=slot,
        shipped_key=key,
        state=EntryState.SHOWN,
        author_id=work.acting.member_id,
        decided_by_id=work.acting.member_id,
        created_at=work.now,
        changed_at=work.now,
    )
    work.session.add(entry)
    await work.session.flush()
    return entry


async def _check_names(work: Work, text: str, fact: str) -> None:
    """Refuse words that name a customer of the team or one of its people: every rep reads them, to every customer."""
    said = f"{text}\n{fact}"
    team = work.acting.team_id
    names = (await work.session.exec(select(col(Customer.name)).where(col(Customer.team_id) == team))).all()
    people = (await work.session.exec(select(col(Contact.name)).where(col(Contact.team_id) == team))).all()
    found = names_in(said, names, people)
    if found:
        raise Refused("names_a_customer", name=found[0])


def _check_leads(work: Work) -> None:
    if not work.acting.leads:
        raise Refused("not_for_your_role")


async def _audit(work: Work, entry: PlaybookEntry, action: str, *, before: dict[str, str] | None = None) -> None:
    change: dict[str, object] = {"key": entry.shipped_key, "text": entry.text, "fact": entry.fact}
    work.session.add(_entry_of_audit(work, action, entry.id, change | ({"before": before} if before else {}), work.now))
    await work.session.flush()


def _entry_of_audit(
    work: Work, action: str, subject_id: int | None, change: dict[str, object], at: datetime
) -> AuditEntry:
    return AuditEntry(
        team_id=work.acting.team_id,
        member_id=work.acting.member_id,
        at=at,
        action=action,
        subject="playbook",
        subject_id=subject_id,
        change=change,
    )
