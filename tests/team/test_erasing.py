"""What an erasure reaches: every table that may name a customer or a person, the newer ones too."""

from datetime import date, datetime
from typing import Any

from sqlmodel import col, select

from bot.domain.authority import AuthorityKind, RequestState
from bot.domain.care import CareKind
from bot.domain.playbook import EntryState
from bot.services.personal_data.mentions import struck_out
from bot.services.personal_data.places import NO_PERSONAL_TEXT, OTHER_CONTACTS, TEXT_TYPES, reached_columns
from bot.store.tables import (
    ApprovalEvent,
    ApprovalRequest,
    CarePrompt,
    Customer,
    Gift,
    LivingMessage,
    Member,
    Objection,
    PlaybookEntry,
    Row,
)
from tests import builders
from tests.story import Story

NOON = datetime.fromisoformat("2026-11-23T12:00:00+08:00")
MONDAY = date(2026, 11, 23)
ERASED_WITH_THEIR_ROW = {
    ("contacts", column) for column in ("name", "name_key", "job_title", "phone", "email", "notes", "extra")
}


def test_every_text_column_is_looked_through_or_listed_to_hold_nothing_personal() -> None:
    columns = {
        (table.name, column.name)
        for table in Row.metadata.sorted_tables
        for column in table.c
        if type(column.type).__name__ in TEXT_TYPES
    }
    listed = {(table, column) for table, names in NO_PERSONAL_TEXT.items() for column in names}
    assert columns - reached_columns() - listed - ERASED_WITH_THEIR_ROW == set()
    assert listed - columns == set()
    assert {("contacts", column) for column in OTHER_CONTACTS} <= reached_columns()
    kinds = {type(column.type).__name__ for table in Row.metadata.sorted_tables for column in table.c}
    assert {kind for kind in kinds if "TEXT" in kind.upper() or "STRING" in kind.upper()} <= TEXT_TYPES


def test_a_name_is_struck_out_as_a_word_and_not_out_of_other_words() -> None:
    assert struck_out("Tom comes tomorrow, says tom's boss", ["Tom"]) == "… comes tomorrow, says …'s boss"
    assert struck_out({"text": ["请陈静明天来"]}, ["陈静"]) == {"text": ["请…明天来"]}
    assert struck_out("+6591234567", ["91234567"]) == "+65…"


async def _told_about(story: Story, customer: int, words: str) -> None:
    """A row in each of the tables that later features added."""
    visit_id = await builders.add_visit(story.app.store, customer, MONDAY)
    report_id = await builders.add_report(story.app.store, visit_id)
    async with story.app.store.begin() as session:
        row = (await session.exec(select(Customer).where(col(Customer.id) == customer))).one()
        manager = (await session.exec(select(Member).where(Member.name == builders.MANAGER))).one()
        team_id, member_id = row.team_id, manager.id
        assert member_id is not None
        assert manager.chat_id is not None
        mine: dict[str, Any] = {"team_id": team_id, "customer_id": customer}
        request = ApprovalRequest(
            **mine,
            member_id=member_id,
            kind=AuthorityKind.GIFT,
            words=words,
            for_whom=words,
            state=RequestState.WAITING,
            asked_at=NOON,
        )
        entry = PlaybookEntry(
            team_id=team_id,
            section="openings",
            slot="any",
            text=words,
            state=EntryState.SHOWN,
            author_id=member_id,
            created_at=NOON,
            changed_at=NOON,
        )
        prompt = CarePrompt(
            **mine,
            kind=CareKind.BIRTHDAY,
            key="birthday:1",
            due_on=MONDAY,
            until=MONDAY,
            counts_from=NOON,
            facts={"name": words},
            created_at=NOON,
        )
        gift = Gift(**mine, member_id=member_id, for_whom=words, amount_minor=100, given_on=MONDAY, logged_at=NOON)
        objection = Objection(**mine, report_id=report_id, words=words, answer_words=words, at=NOON)
        message = LivingMessage(
            chat_id=manager.chat_id, name="gathered:1", message_id=7, at=NOON, parts=[{"facts": {"name": words}}]
        )
        session.add_all([request, entry, prompt, gift, objection, message])
        await session.flush()
        assert request.id is not None
        session.add(ApprovalEvent(team_id=team_id, request_id=request.id, at=NOON, event="reply", words=words))


async def _kept(story: Story) -> dict[str, list[Any]]:
    asked = {
        "prompt": col(CarePrompt.facts),
        "objection": col(Objection.answer_words),
        "gift": col(Gift.for_whom),
        "request": col(ApprovalRequest.words),
        "reply": col(ApprovalEvent.words),
        "playbook": col(PlaybookEntry.text),
        "message": col(LivingMessage.parts),
    }
    async with story.app.store.read() as session:
        return {
            name: [one for one in (await session.exec(select(column))).all() if one] for name, column in asked.items()
        }


async def test_a_person_and_a_customer_vanish_from_every_table(story: Story) -> None:
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City")
    person = await builders.add_contact(store, raffles, "Mei Lim")
    await _told_about(story, raffles, "Mei Lim of Raffles City")
    await story.manager.taps_data(f"data.person:{person}:yes")
    kept = await _kept(story)
    left = "… of Raffles City"
    assert kept["prompt"] == [{"name": left}]
    assert [{"facts": {"name": left}}] in kept["message"]
    assert all(kept[name] == [left] for name in ("objection", "gift", "request", "reply", "playbook"))
    await story.manager.taps_data(f"data.gone:{raffles}:yes")
    kept = await _kept(story)
    assert kept["playbook"] == ["… of …"]
    assert "Raffles" not in str(kept)
    assert not any(kept[name] for name in ("prompt", "objection", "gift", "request", "reply"))
