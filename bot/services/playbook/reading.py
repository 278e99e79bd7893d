"""Reads a team's playbook in the reader's language, and counts what its entries brought. Counts name no customer."""

from collections.abc import Mapping, Sequence

from sqlalchemy import case, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.playbook import ANY, CATEGORY, IDEA, Change, Entry, EntryState, Playbook, Section
from bot.domain.screen import Json
from bot.domain.vocabulary import ClosingTechnique, CommitmentKind, ObjectionResult, Purpose, PurposeReached
from bot.domain.what_worked import Tally, ranked
from bot.playbook import load_playbook
from bot.store.tables import Objection, PlaybookEntry, Team, VisitOutcome

ANSWERS_OFFERED = 9  # one page of a form


async def team_playbook(session: AsyncSession, acting: Acting, *, to_edit: bool = False) -> Playbook:
    """What the acting person can say: shipped entries, the team's own, and the own proposals.

    ``to_edit`` leaves the proposals as such; hidden and declined entries are in the book either way, and never said.
    """
    rows = (await session.exec(select(PlaybookEntry).where(col(PlaybookEntry.team_id) == acting.team_id))).all()
    settings = (await session.exec(select(col(Team.settings)).where(col(Team.id) == acting.team_id))).one()
    changes = [_change(row, acting, to_edit=to_edit) for row in sorted(rows, key=lambda row: row.id or 0)]
    return load_playbook(acting.language).adapted(changes, str(settings.get(CATEGORY) or ""))


def _change(row: PlaybookEntry, acting: Acting, *, to_edit: bool) -> Change:
    assert row.id is not None
    is_mine = row.state is EntryState.PROPOSED and row.author_id == acting.member_id
    return Change(
        entry_id=row.id,
        section=Section(row.section),
        slot=row.slot,
        state=EntryState.SHOWN if is_mine and not to_edit else row.state,
        shipped_key=row.shipped_key,
        text=row.text,
        fact=row.fact,
    )


Tallies = Mapping[str, Tally]


async def answer_tallies(session: AsyncSession, team_id: int) -> dict[str, dict[str, Tally]]:
    """By objection (``any`` for one in own words) and answer: how often it was given, and resolved the objection."""
    query = (
        select(
            col(Objection.kind),
            col(Objection.answer),
            func.count(),
            func.sum(case((col(Objection.result) == ObjectionResult.RESOLVED, 1), else_=0)),
        )
        .where(
            col(Objection.team_id) == team_id,
            col(Objection.answer).is_not(None),
            col(Objection.result).is_not(None),
        )
        .group_by(col(Objection.kind), col(Objection.answer))
    )
    found: dict[str, dict[str, Tally]] = {}
    for kind, answer, tried, worked in (await session.exec(query)).all():
        assert answer is not None
        found.setdefault(kind.value if kind else ANY, {})[answer] = Tally(tried=tried, worked=int(worked))
    return found


async def closing_tallies(session: AsyncSession, team_id: int) -> dict[ClosingTechnique, Tally]:
    """By planned technique: how often the visit was reported, and ended in any commitment."""
    query = (
        select(
            col(VisitOutcome.closing),
            func.count(),
            func.sum(case((col(VisitOutcome.commitment) != CommitmentKind.NONE, 1), else_=0)),
        )
        .where(
            col(VisitOutcome.team_id) == team_id,
            col(VisitOutcome.closing).is_not(None),
            col(VisitOutcome.commitment).is_not(None),
        )
        .group_by(col(VisitOutcome.closing))
    )
    rows = (await session.exec(query)).all()
    return {closing: Tally(tried=tried, worked=int(worked)) for closing, tried, worked in rows if closing}


async def purpose_tallies(session: AsyncSession, team_id: int) -> dict[Purpose, Tally]:
    """By purpose: how often it was reported, and wholly reached."""
    query = (
        select(
            col(VisitOutcome.purpose),
            func.count(),
            func.sum(case((col(VisitOutcome.reached) == PurposeReached.YES, 1), else_=0)),
        )
        .where(
            col(VisitOutcome.team_id) == team_id,
            col(VisitOutcome.purpose).is_not(None),
            col(VisitOutcome.reached).is_not(None),
        )
        .group_by(col(VisitOutcome.purpose))
    )
    rows = (await session.exec(query)).all()
    return {purpose: Tally(tried=tried, worked=int(worked)) for purpose, tried, worked in rows if purpose}


def rank_answers(book: Playbook, kind: str, tallies: Tallies) -> list[Entry]:
    """The answers to an objection, what worked first; what fits every objection comes after those made for it."""
    entries = {one.key: one for one in (*book.of(Section.ANSWERS, kind), *_for_any(book, kind))}
    return [entries[key] for key in ranked(list(entries), tallies)]


def _for_any(book: Playbook, kind: str) -> Sequence[Entry]:
    return () if kind == ANY else book.of(Section.ANSWERS, ANY)


def idea_of(book: Playbook, turn: int) -> str | None:
    """A way to help without selling: each turn another one, until all have had theirs."""
    ideas = book.of(Section.NURTURE, IDEA)
    return ideas[turn % len(ideas)].text if ideas else None


def tally_facts(tally: Tally | None) -> Json:
    """A tally as a template writes it: too few are said to be too few, never given a rate."""
    tally = tally or Tally()
    return {
        "tried": tally.tried,
        "worked": tally.worked,
        "enough": tally.says_something,
        "low": tally.interval.low,
        "high": tally.interval.high,
    }
