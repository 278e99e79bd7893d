"""The screens of /playbook: what worked, the sections, the entries of a place, one entry, what waits for a manager."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.playbook import SLOTS, Entry, EntryState, Playbook, Section, is_slot
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import ObjectionKind
from bot.domain.what_worked import TOO_FEW_BELOW, Tally, ranked
from bot.playbook import load_playbook
from bot.services.playbook.changing import get_entry
from bot.services.playbook.reading import (
    answer_tallies,
    closing_tallies,
    purpose_tallies,
    tally_facts,
    team_playbook,
)
from bot.store.tables import Member, PlaybookEntry

T = TypeVar("T", bound=StrEnum)

LIVING = "playbook"
BEST_SHOWN = 3
ENTRIES_A_PAGE = 6
PROPOSALS_SHOWN = 5


async def home_screen(session: AsyncSession, acting: Acting, *, below: bool = False) -> Screen:
    """What worked in this team, and the way into the sections."""
    book = await team_playbook(session, acting, to_edit=True)
    by_kind = await answer_tallies(session, acting.team_id)
    answers = {key: (kind, tally) for kind, counted in by_kind.items() for key, tally in counted.items()}
    proven = [key for key, (_, tally) in answers.items() if tally.says_something and key in book.entries]
    best: list[Json] = [
        {"slot": answers[key][0], "text": book.entries[key].text, "tally": tally_facts(answers[key][1])}
        for key in ranked(proven, {key: answers[key][1] for key in proven})[:BEST_SHOWN]
    ]
    closings = await closing_tallies(session, acting.team_id)
    purposes = await purpose_tallies(session, acting.team_id)
    facts: dict[str, Json] = {
        "category": book.category if book.category != load_playbook(acting.language).category else None,
        "best": best,
        "tried": sum(tally.tried for _, tally in answers.values()),
        "needed": TOO_FEW_BELOW,
        "closings": _best_first(closings),
        "purposes": _best_first(purposes),
        "sections": [section.value for section in Section],
        "proposed": len(await _proposals(session, acting)) if acting.leads else 0,
        "leads": acting.leads,
    }
    return Screen(template="replies/playbook", facts=facts, living=LIVING, place=Place.BELOW if below else Place.EDIT)


def _best_first(tallies: Mapping[T, Tally]) -> list[Json]:
    return [{"key": one.value, "tally": tally_facts(tallies[one])} for one in ranked(list(tallies), tallies)]


async def section_screen(session: AsyncSession, acting: Acting, section: str) -> Screen:
    """The places of a section, each with what is said first there. Raises Refused for a forged one."""
    if section not in set(Section):
        raise Refused("button_unknown")
    slots = SLOTS[Section(section)]
    if len(slots) == 1:
        return await slot_screen(session, acting, section, slots[0])
    book = await team_playbook(session, acting)
    tallies = await answer_tallies(session, acting.team_id)
    lines: list[Json] = []
    for slot in slots:
        said = _in_order(book, Section(section), slot, tallies.get(slot, {}))
        lines.append({"slot": slot, "text": said[0].text if said else None, "n": len(said)})
    return Screen(template="replies/playbook_section", facts={"section": section, "lines": lines}, living=LIVING)


async def slot_screen(
    session: AsyncSession, acting: Acting, section: str, slot: str, page: int = 0, *, said: str | None = None
) -> Screen:
    """The entries of a place, ranked; who leads sees the hidden ones too. Raises Refused for a forged place."""
    if not is_slot(section, slot):
        raise Refused("button_unknown")
    book = await team_playbook(session, acting, to_edit=True)
    tallies = await _tallies_of(session, acting, section, slot)
    entries = _in_order(book, Section(section), slot, tallies)
    if acting.leads:
        hidden = (EntryState.HIDDEN, EntryState.PROPOSED)
        entries += [one for one in book.entries.values() if _stands_in(one, section, slot) and one.state in hidden]
    else:
        entries += await _own_proposals(session, acting, book, section, slot)
    pages = max(1, -(-len(entries) // ENTRIES_A_PAGE))
    page = min(page, pages - 1)
    lines: list[Json] = [
        {**_entry_facts(one, tallies), "number": number}
        for number, one in enumerate(entries, start=1)
        if (number - 1) // ENTRIES_A_PAGE == page
    ]
    facts: dict[str, Json] = {
        "section": section,
        "slot": slot,
        "lines": lines,
        "page": page,
        "pages": pages,
        "total": tally_facts(sum((one for key, one in tallies.items() if key in book.entries), Tally())),
        "said": said,
        "leads": acting.leads,
        "adds": acting.leads or acting.records,
        "alone": len(SLOTS[Section(section)]) == 1,
    }
    return Screen(template="replies/playbook_slot", facts=facts, living=LIVING)


async def entry_screen(session: AsyncSession, acting: Acting, key: str) -> Screen:
    """One entry, with what a manager can do to it. Raises Refused("no_such_entry")."""
    book = await team_playbook(session, acting, to_edit=True)
    entry = book.entries.get(key)
    if entry is None:
        raise Refused("no_such_entry")
    row = None if entry.entry_id is None else await get_entry(session, acting, entry.entry_id)
    author = None
    if row is not None:
        author = (await session.exec(select(col(Member.name)).where(col(Member.id) == row.author_id))).one()
    tallies = await _tallies_of(session, acting, entry.section, entry.slot)
    facts: dict[str, Json] = {
        **_entry_facts(entry, tallies),
        "section": entry.section.value,
        "slot": entry.slot,
        "shipped": entry.is_shipped,
        "changed": entry.is_shipped and row is not None and (bool(row.text) or row.state is not EntryState.SHOWN),
        "author": author,
        "on": row.changed_at.isoformat() if row else None,
        "leads": acting.leads,
    }
    return Screen(template="replies/playbook_entry", facts=facts, living=LIVING)


async def proposals_screen(session: AsyncSession, acting: Acting) -> Screen:
    """What waits for a manager, oldest first."""
    rows = await _proposals(session, acting)
    members = select(col(Member.id), col(Member.name)).where(col(Member.team_id) == acting.team_id)
    names = dict((await session.exec(members)).all())
    items: list[Json] = [
        {
            "id": row.id,
            "section": row.section,
            "slot": row.slot,
            "text": row.text,
            "fact": row.fact,
            "by": names[row.author_id],
        }
        for row in rows[:PROPOSALS_SHOWN]
    ]
    facts: dict[str, Json] = {"items": items, "more": max(0, len(rows) - PROPOSALS_SHOWN)}
    return Screen(template="replies/playbook_proposals", facts=facts, living=LIVING)


async def _proposals(session: AsyncSession, acting: Acting) -> list[PlaybookEntry]:
    query = select(PlaybookEntry).where(
        col(PlaybookEntry.team_id) == acting.team_id, col(PlaybookEntry.state) == EntryState.PROPOSED
    )
    return list((await session.exec(query.order_by(col(PlaybookEntry.id)))).all())


async def _own_proposals(session: AsyncSession, acting: Acting, book: Playbook, section: str, slot: str) -> list[Entry]:
    mine = {row.id for row in await _proposals(session, acting) if row.author_id == acting.member_id}
    return [one for one in book.entries.values() if one.entry_id in mine and _stands_in(one, section, slot)]


def _stands_in(entry: Entry, section: str, slot: str) -> bool:
    return entry.section == section and entry.slot == slot


def _in_order(book: Playbook, section: Section, slot: str, tallies: dict[str, Tally]) -> list[Entry]:
    entries = {one.key: one for one in book.of(section, slot)}
    return [entries[key] for key in ranked(list(entries), tallies)]


async def _tallies_of(session: AsyncSession, acting: Acting, section: str, slot: str) -> dict[str, Tally]:
    """By entry, for the answers to an objection; what fits any is counted over all objections."""
    if section != Section.ANSWERS:
        return {}
    counted = await answer_tallies(session, acting.team_id)
    if slot in set(ObjectionKind):
        return counted.get(slot, {})
    every: dict[str, Tally] = {}
    for by_answer in counted.values():
        for key, tally in by_answer.items():
            every[key] = every.get(key, Tally()) + tally
    return every


def _entry_facts(entry: Entry, tallies: dict[str, Tally]) -> dict[str, Json]:
    traits = entry.traits
    return {
        "key": entry.key,
        "id": entry.entry_id,
        "text": entry.text,
        "fact": entry.fact,
        "state": entry.state.value,
        "spin": traits.spin.value if traits else None,
        "open": traits.is_open if traits else None,
        "tally": tally_facts(tallies.get(entry.key)) if entry.section is Section.ANSWERS else None,
    }
