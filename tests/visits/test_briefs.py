"""The brief: everything that helps before the door opens, and nothing of another customer."""

from datetime import timedelta

from bot.domain.vocabulary import Grade
from tests.builders import add_contact, add_customer, add_order
from tests.story import MORNING, Story


async def test_a_brief_of_a_customer_of_whom_nothing_is_known_asks_and_warns(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Raffles City", grade=Grade.A)
    await story.rep.taps_data(f"brief:{customer}")
    story.rep.sees_now("Raffles City · A · development", "No contact known yet", "Who else has a say", "Price:")


async def test_a_preparation_ends_in_the_brief_with_its_purpose(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Tampines 1", grade=Grade.C)
    await story.rep.taps_data(f"prep:{customer}")
    for label in ("Check progress", "Trial", "☐ Samples", "Done (1)"):
        await story.rep.taps(label)
    story.rep.sees_now("Why go: Check progress.", "at least: Trial", "Samples")


async def test_a_brief_names_the_last_order_against_the_one_before(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Tampines 1", grade=Grade.C)
    await add_order(story.app.store, customer, MORNING.date() - timedelta(days=40), amount_minor=100_000)
    await add_order(story.app.store, customer, MORNING.date() - timedelta(days=3), amount_minor=82_000)
    await story.rep.taps_data(f"brief:{customer}")
    story.rep.sees_now("SGD 820 (-18\u00a0%)")


async def test_a_contact_of_another_customer_never_shows(story: Story) -> None:
    mine = await add_customer(story.app.store, name="Tampines 1", grade=Grade.B)
    other = await add_customer(story.app.store, name="Bugis Junction", grade=Grade.B)
    await add_contact(story.app.store, other, "Mei Lim")
    await story.rep.taps_data(f"brief:{mine}")
    assert "Mei Lim" not in story.rep.screen


async def test_another_rep_gets_no_brief_of_my_customer(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Tampines 1", grade=Grade.C)
    await story.other_rep.taps_data(f"brief:{customer}")
    story.other_rep.sees_now("not on your list")


async def test_a_full_brief_fits_a_phone_in_every_language(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Raffles City", grade=Grade.A)
    await add_contact(story.app.store, customer, "Mei Lim")
    await add_order(story.app.store, customer, MORNING.date() - timedelta(days=3))
    for code, word in (("en", "Aim"), ("zh_Hans", "目标"), ("zh_Hant", "目標")):
        await story.rep.taps_data(f"lang:{code}")
        await story.rep.taps_data(f"brief:{customer}")
        story.rep.sees_now(word)
        assert len(story.rep.screen.splitlines()) <= 12
