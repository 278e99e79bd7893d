"""The playbook in chat: offered where the choice is made, ranked by what worked, fed by reps, run by a manager."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.domain.playbook import EntryState
from bot.domain.vocabulary import (
    ClosingTechnique,
    CommitmentKind,
    Grade,
    ObjectionKind,
    ObjectionResult,
    Purpose,
    PurposeReached,
)
from bot.store.tables import AuditEntry, Objection, PlaybookEntry, VisitOutcome
from tests.builders import add_customer, add_report, add_visit
from tests.story import MORNING, Story

WORDS = "We send the first delivery on approval"


async def met_objections(
    story: Story, customer: int, answer: str | None, results: list[ObjectionResult], *, words: str = ""
) -> None:
    """Reports of earlier visits in which an answer met the price."""
    for days, result in enumerate(results, start=2):
        visit = await add_visit(story.app.store, customer, MORNING.date() - timedelta(days=days))
        report = await add_report(story.app.store, visit)
        async with story.app.store.begin() as session:
            session.add(
                Objection(
                    team_id=story.team_id, customer_id=customer, report_id=report, kind=ObjectionKind.PRICE,
                    answer=answer, answer_words=words, result=result, at=MORNING,
                )
            )  # fmt: skip
            session.add(
                VisitOutcome(
                    team_id=story.team_id, customer_id=customer, report_id=report, purpose=Purpose.SIGN_ORDER,
                    reached=PurposeReached.YES if result is ObjectionResult.RESOLVED else PurposeReached.NO,
                    closing=ClosingTechnique.CHOICE, commitment=CommitmentKind.ORDER, at=MORNING,
                )
            )  # fmt: skip


async def skip_until(story: Story, part: str) -> None:
    """Skip the questions before one that says something, or before a button."""
    for _ in range(30):
        if part in story.rep.screen or part in story.rep.buttons:
            return
        await story.rep.taps("Skip")
    raise AssertionError(f"{part!r} never came:\n{story.rep.screen}")


async def win_with_own_words(story: Story, words: str = WORDS) -> int:
    """A report of a B customer in which own words met an objection."""
    customer = await add_customer(story.app.store, name="Tampines 1", grade=Grade.B)
    await story.rep.taps_data(f"report:{customer}")
    await story.rep.taps("Met")
    for _ in range(3):
        await story.rep.taps("Skip")  # who, purpose, needs
    await story.rep.taps("Price")
    story.rep.sees_now("What did you answer?", "1  count the cost per use, not per unit")
    await story.rep.says(words)
    await story.rep.taps("Resolved")
    await story.rep.taps("Done (1)")
    await skip_until(story, "Save")
    await story.rep.taps("Save")
    return customer


async def test_a_won_answer_reaches_the_team_by_one_tap_of_the_rep_and_one_of_the_manager(story: Story) -> None:
    customer = await win_with_own_words(story)
    await story.rep.taps(story.rep.buttons[0])
    story.rep.sees_now("Proposed to your manager", WORDS, "1 of 1, too few to say", "proposed")
    await story.other_rep.taps_data("pb.l:answers:price")
    assert WORDS not in story.other_rep.screen
    await story.pass_time(hours=3)
    story.manager.sees("Proposed for the playbook", WORDS)  # told, silently
    await story.manager.says("/playbook")
    await story.manager.taps("To decide (1)")
    story.manager.sees_now(WORDS, "Tan Wei Ling")
    assert "Tampines" not in story.manager.screen
    await story.manager.taps("✓ 1")
    story.manager.sees_now("Nothing waits")
    await story.other_rep.taps_data("pb.l:answers:price")
    story.other_rep.sees_now(f"1  {WORDS}")
    async with story.app.store.read() as session:
        actions = (await session.exec(select(col(AuditEntry.action)).where(AuditEntry.subject == "playbook"))).all()
    assert list(actions) == ["playbook_proposed", "playbook_taken_in"]
    await story.rep.taps_data(f"brief:{customer}")
    story.rep.sees_now(f"Price: {WORDS}")


async def test_an_undone_report_takes_its_counts_along_and_a_second_tap_adds_nothing(story: Story) -> None:
    await win_with_own_words(story)
    won, undo = story.rep.data_of(story.rep.buttons[0]), story.rep.data_of("Undo")
    await story.rep.taps_data(won)
    await story.rep.taps_data(won)
    async with story.app.store.read() as session:
        assert len((await session.exec(select(PlaybookEntry))).all()) == 1
        assert len((await session.exec(select(VisitOutcome))).all()) == 1
    await story.other_rep.taps_data(won)  # forged: the report of another
    story.other_rep.sees_now("button")
    await story.rep.taps_data(undo)
    async with story.app.store.read() as session:
        assert (await session.exec(select(VisitOutcome))).all() == []
    await story.rep.taps_data("pb.l:answers:price")
    story.rep.sees_now(WORDS, "No results in this team yet")


async def test_words_that_name_a_customer_are_not_taken_in(story: Story) -> None:
    await add_customer(story.app.store, name="Bugis Junction", grade=Grade.C, owner="Arjun Nair")
    await win_with_own_words(story, "As at Bugis Junction: pay after the season")
    await story.rep.taps(story.rep.buttons[0])
    story.rep.sees_now("That names Bugis Junction")
    async with story.app.store.read() as session:
        assert (await session.exec(select(PlaybookEntry))).all() == []


async def test_answers_are_ranked_by_what_worked_here_and_say_so_honestly(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Raffles City", grade=Grade.A)
    won, lost = ObjectionResult.RESOLVED, ObjectionResult.LOST
    await met_objections(story, customer, "answers.price.trial", [won, won, won, won, won, lost])
    await met_objections(story, customer, "answers.price.compared", [won])
    await story.rep.taps_data(f"prep:{customer}")
    story.rep.sees_now("Reached here: Sign an order 6/7")
    await story.rep.taps("Sign an order")
    await skip_until(story, "Which objections")
    await story.rep.taps("Price")
    story.rep.sees_now(
        "1  start small: one site, one month, measured", "worked 5 of 6 (44–97 %)",
        "“Compared with what?” Then like with like", "1 of 1, too few to say",
    )  # fmt: skip
    await story.rep.taps("1")
    await story.rep.taps("Done (1)")
    story.rep.sees_now("How will you close?", "A or B: “Weekly or every two weeks", "worked 7 of 7")
    assert story.rep.buttons[0] == "A or B"
    await story.rep.taps("A or B")
    await skip_until(story, "Save")
    await story.rep.taps("Save")
    story.rep.sees_now("Price: start small", "worked 5 of 6", "A or B: “Weekly", "worked 7 of 7")
    await story.other_rep.says("/playbook")
    story.other_rep.sees_now("Price: start small", "worked 5 of 6", "A or B 7/7", "Sign an order 6/7")
    assert "Raffles" not in story.other_rep.screen


async def test_a_manager_adds_rewords_hides_and_restores_in_chat(story: Story) -> None:
    await story.manager.says("/playbook")
    for label in ("Objections", "Price", "✎ 4", "Reword"):
        await story.manager.taps(label)
    await story.manager.says("The machine is on us for a month")
    await story.manager.taps("Skip")
    story.manager.sees_now("Reworded", "4  The machine is on us for a month")
    await story.manager.taps("✎ 4")
    await story.manager.taps("Hide")
    story.manager.sees_now("hidden", "Mei Chen")
    await story.rep.taps_data("pb.l:answers:price")
    assert "The machine is on us" not in story.rep.screen
    await story.manager.taps("As shipped")
    story.manager.sees_now("start small")
    await story.manager.taps("‹ Price")
    await story.manager.taps("+ Add")
    await story.manager.says("Freight is ours")
    await story.manager.says("No bill for it in two years")
    story.manager.sees_now("In the team's playbook", "1  Freight is ours", "(No bill for it in two years)")
    await story.manager.taps_data("pb")
    await story.manager.taps("What we sell ✎")
    await story.manager.says("coffee")
    story.manager.sees_now("Playbook · coffee")
    await story.rep.taps_data("pb.l:questions:gap")
    story.rep.sees_now("What part of your coffee comes from us today")


async def test_words_that_were_said_before_they_were_added_count_for_the_entry(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Raffles City")
    await met_objections(
        story, customer, None, [ObjectionResult.RESOLVED, ObjectionResult.LOST], words="Freight is ours"
    )
    await story.manager.taps_data("pb.l:answers:price")
    await story.manager.taps("+ Add")
    await story.manager.says("Freight is ours")
    await story.manager.taps("Skip")
    async with story.app.store.read() as session:
        entry = (await session.exec(select(PlaybookEntry))).one()
        answers = (await session.exec(select(Objection.answer))).all()
    assert set(answers) == {f"answers.price.t{entry.id}"}


@pytest.mark.parametrize(
    "data",
    [
        "pb.e:answers.price.trial", "pb.hide:answers.price.trial", "pb.w:answers.price.trial", "pb.yes:1", "pb.cat",
        "pb.todo",
    ],
)  # fmt: skip
async def test_only_who_leads_changes_the_playbook(story: Story, data: str) -> None:
    await story.rep.taps_data(data)
    story.rep.sees_now("Your role does not do this")


async def test_forged_buttons_of_a_manager_are_refused(story: Story) -> None:
    for data in (
        "pb.l:answers:honeymoon",
        "pb.s:secrets",
        "pb.e:answers.price.t99",
        "pb.hide:x",
        "pb.yes:99",
        "pb.add",
    ):
        await story.manager.taps_data(data)
        assert "playbook" in story.manager.screen or "button" in story.manager.screen
    async with story.app.store.read() as session:
        assert (await session.exec(select(PlaybookEntry))).all() == []


async def test_every_screen_is_short_in_every_language(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Raffles City", grade=Grade.A)
    await met_objections(story, customer, "answers.price.trial", [ObjectionResult.RESOLVED] * 5)
    for code in ("en", "zh_Hans", "zh_Hant"):
        await story.manager.taps_data(f"lang:{code}")
        for data in (
            "pb",
            "pb.s:answers",
            "pb.l:answers:price",
            "pb.l:questions:delivery",
            "pb.s:nurture",
            "pb.s:plays",
        ):
            await story.manager.taps_data(data)
            assert len(story.manager.screen.splitlines()) <= 12, (code, data)


def test_the_states_of_an_entry_are_stored_by_name() -> None:
    assert [one.value for one in EntryState] == ["proposed", "shown", "hidden", "declined"]


async def test_a_quick_report_says_with_one_tap_what_stood_in_the_way(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Raffles City", grade=Grade.C)
    await story.rep.taps_data(f"report:{customer}")
    for label in ("Met", "Partly", "Nothing", "Skip"):
        await story.rep.taps(label)
    story.rep.sees_now("What stood in the way?")
    count, price = len(story.rep.messages), story.rep.data_of("Price")
    await story.rep.taps("Price")
    story.rep.sees_now("✓ Raffles City · Price", "Next time:")
    assert len(story.rep.messages) == count
    await story.rep.taps_data(price)  # twice is once
    await story.other_rep.says("/today")
    await story.other_rep.taps_data(price)
    async with story.app.store.read() as session:
        met = (await session.exec(select(Objection))).all()
    assert [(one.kind, one.customer_id) for one in met] == [(ObjectionKind.PRICE, customer)]
    await story.rep.taps("Add more")
    for _ in range(12):
        if "Save" in story.rep.buttons:
            break
        await story.rep.taps("Keep ›" if "Keep ›" in story.rep.buttons else "Skip")
    await story.rep.taps("Save")
    async with story.app.store.read() as session:
        assert [one.kind for one in (await session.exec(select(Objection))).all()] == [ObjectionKind.PRICE]
