"""The brief: everything that helps before the door opens, and nothing of another customer."""

from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from bot.domain.vocabulary import DealStage, Grade
from bot.store.tables import Opportunity, Preparation, Visit
from tests.builders import add_complaint, add_contact, add_customer, add_order, add_promise, add_visit
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


async def prepare_today(story: Story, customer: int) -> None:
    """A preparation of today's visit, with words picked from the playbook in English."""
    visit = await add_visit(story.app.store, customer, MORNING.date())
    objection = {"form": "expected_objection", "version": 2, "depth": "full", "answers": {
        "objection": {"value": "price"},
        "answer": {"value": {"key": "answers.price.compared", "label": "“Compared with what?” Then like with like"}},
    }}  # fmt: skip
    product = {"form": "product_match", "version": 2, "depth": "full", "answers": {
        "product": {"value": {"words": "Decanter"}}, "need": {"skipped": True},
    }}  # fmt: skip
    answers: dict[str, Any] = {
        "purpose": "sign_order", "agree_to": "A date", "products": [product], "objections": [objection],
        "closing": "choice", "smallest_step": "trial", "materials": ["samples"], "proof": ["certificate"],
    }  # fmt: skip
    async with story.app.store.begin() as session:
        member_id = (await session.exec(select(col(Visit.member_id)).where(col(Visit.id) == visit))).one()
        session.add(
            Preparation(
                team_id=story.team_id, visit_id=visit, member_id=member_id, form_version=2, saved_at=MORNING,
                answers={"form": "pre_visit", "version": 2, "depth": "full",
                         "answers": {name: {"value": value} for name, value in answers.items()}},
            )
        )  # fmt: skip
        session.add(
            Opportunity(
                team_id=story.team_id, customer_id=customer, name="Autumn order", stage=DealStage.PROPOSAL,
                stage_since=MORNING, amount_minor=640_000, created_at=MORNING,
            )
        )  # fmt: skip


async def test_a_brief_with_everything_in_it_stays_on_one_screen_in_every_language(story: Story) -> None:
    store = story.app.store
    customer = await add_customer(store, name="Raffles City", grade=Grade.A)
    await add_contact(store, customer, "Mei Lim", decides=True)
    await add_order(store, customer, MORNING.date() - timedelta(days=3))
    for hours in (-24, 24, 48):
        await add_promise(store, customer, MORNING + timedelta(hours=hours))
    await prepare_today(story, customer)
    said = {
        "en": (
            "BANT 2/4 · next: need",
            "Price: “Compared with what?”",
            "A or B: “Weekly",
            "Decanter (no need: leave it",
        ),
        "zh_Hans": ("下一步问：需求", "价格：“您是和谁家比？”", "二选一：“一周一送", "Decanter（没对上需求"),
        "zh_Hant": ("下一步問：需求", "價格：「您是跟哪一家比？」", "二選一：「一週一送", "Decanter（沒對上需求"),
    }
    for code, words in said.items():
        await story.rep.taps_data(f"lang:{code}")
        await story.rep.taps_data(f"brief:{customer}")
        story.rep.sees_now("Autumn order", *words)
        assert len(story.rep.screen.splitlines()) <= 12
    await add_complaint(store, customer, MORNING - timedelta(days=3))
    await story.rep.taps_data(f"brief:{customer}")
    assert "Autumn order" not in story.rep.screen  # an open complaint comes first, and stops selling
    assert len(story.rep.screen.splitlines()) <= 12
