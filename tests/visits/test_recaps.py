"""The recap before leaving, and the useful fact after: what the customer may read, and nothing that is ours alone."""

from bot.domain.vocabulary import Grade
from tests.builders import add_contact, add_customer
from tests.story import Story


async def report_core(story: Story, customer: int, *labels: str) -> None:
    """Open a core report and answer it by labels; words that are no button are typed."""
    await story.rep.taps_data(f"report:{customer}")
    for label in labels:
        if label in story.rep.buttons:
            await story.rep.taps(label)
        else:
            await story.rep.says(label)


async def test_a_recap_is_drafted_from_the_report_so_far_and_confirmed(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Raffles City", grade=Grade.B)
    await add_contact(story.app.store, customer, "Mei Lim")
    await story.rep.taps_data(f"checkin:{customer}")
    await story.rep.taps("Without location")
    await story.rep.taps("Recap")
    story.rep.sees_now("Nothing to draft from yet")
    await story.rep.taps("Report")
    for label in ("Met", "☐ Mei Lim", "Done (1)", "Yes", "☐ Delivery", "Done (1)"):
        await story.rep.taps(label)
    stop = next(message for message in story.rep.messages if "Recap" in message.labels)
    await story.rep.taps("Recap", message_id=stop.message_id)
    story.rep.sees_now("Dear Mei Lim, thank you", "What matters to you: Delivery", "Tan Wei Ling · North")
    await story.rep.taps("繁體")
    story.rep.sees_now("Mei Lim您好，感謝您今天撥空", "您重視的：")
    await story.rep.taps("To forward")
    assert story.rep.screen.startswith("Mei Lim您好")
    await story.rep.taps("They confirmed ✓")
    story.rep.sees("confirmed by them today")


async def test_what_is_ours_alone_never_enters_a_recap_and_notes_only_by_a_tap(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Raffles City", grade=Grade.B)
    await report_core(
        story, customer, "Met", "Skip", "Partly", "Skip", "Skip", "Trial", "Skip", "Skip",
        "The driver was rude", "Basic", "nothing special", "Skip", "She is under pressure", "Save",
    )  # fmt: skip
    story.rep.sees_now("How often a trial becomes an order: too few to say (0 of 3)")
    await story.rep.taps("Recap")
    story.rep.sees_now("You will: Trial")
    for ours in ("rude", "Basic", "nothing special", "pressure"):
        assert ours not in story.rep.screen
    await story.rep.taps("Add my notes")
    story.rep.sees_now("She is under pressure")


async def test_another_rep_reads_no_recap_of_mine(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Raffles City", grade=Grade.C)
    await story.rep.taps_data(f"report:{customer}")
    await story.other_rep.taps_data("recap:1")
    story.other_rep.sees_now("not on your list")


async def test_a_second_basic_visit_alerts_at_once_and_an_undo_takes_it_back(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Raffles City", grade=Grade.B)
    answers = ("Met", "Skip", "Yes", "Skip", "Skip", "Nothing", "Skip", "Skip", "Basic", "Skip", "Skip", "Skip")
    await report_core(story, customer, *answers, "Save")
    assert "basic" not in story.rep.screen
    await report_core(story, customer, *answers, "Save")
    story.rep.sees_now("2 visits in a row at “basic”")
    await story.rep.taps("Undo")
    await report_core(story, customer, *answers[:8], "Satisfying", "Skip", "Skip", "Save")
    assert "basic" not in story.rep.screen
