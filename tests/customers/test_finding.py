"""Finding customers in chat: by name, pinyin, initials, address, phone and contact; filtered and paged."""

from datetime import timedelta

import pytest

from bot.domain.names import name_key
from bot.domain.vocabulary import Grade, RelationshipStage
from bot.store.tables import Contact, Customer
from tests import builders
from tests.story import MORNING, Story

HANGZHOU = "杭州东站万象汇咖啡店"


async def add_contact(story: Story, customer_id: int, name: str, phone: str = "") -> None:
    async with story.app.store.begin() as session:
        customer = await session.get(Customer, customer_id)
        assert customer is not None
        session.add(
            Contact(
                team_id=customer.team_id,
                customer_id=customer_id,
                name=name,
                name_key=name_key(name),
                phone=phone,
                created_at=MORNING,
            )
        )


async def test_a_typed_part_of_a_name_shows_the_card_at_once(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City", grade=Grade.A, address="252 North Bridge Rd")
    await builders.add_customer(story.app.store, name="Marina Square")
    await story.rep.says("raffles")
    story.rep.sees_now("Raffles City", "A (imported)", "252 North Bridge Rd")
    assert {"Prepare", "Check in", "Report"} <= set(story.rep.buttons)


@pytest.mark.parametrize("words", ["万象汇", "wanxiang", "hzdz", "HZDZ", "东站 咖啡", "kafeidian"])
async def test_a_chinese_name_is_found_by_characters_pinyin_and_initials(story: Story, words: str) -> None:
    await builders.add_customer(story.app.store, name=HANGZHOU)
    await builders.add_customer(story.app.store, name="上海长宁来福士")
    await story.rep.says(words)
    story.rep.sees_now(HANGZHOU)


@pytest.mark.parametrize("words", ["bridge rd", "6338", "63387766", "mei lim", "9123 4567"])
async def test_address_phone_and_people_find_a_customer_too(story: Story, words: str) -> None:
    found = await builders.add_customer(
        story.app.store, name="Raffles City", address="252 North Bridge Rd", phone="+65 6338-7766"
    )
    await add_contact(story, found, "Mei Lim", "(+65) 9123-4567")
    await builders.add_customer(story.app.store, name="Marina Square", address="6 Raffles Blvd", phone="+65 6339 8787")
    await story.rep.says(words)
    story.rep.sees_now("Raffles City", "Mei Lim")


async def test_the_best_match_comes_first(story: Story) -> None:
    for name, grade in (("Old City Cafe", Grade.A), ("City", Grade.D), ("City Hall", Grade.C), ("Suncity", Grade.A)):
        await builders.add_customer(story.app.store, name=name, grade=grade)
    await story.rep.says("city")
    story.rep.sees_now("4 customers with “city”")
    names = [label.split(" · ")[1] for label in story.rep.buttons[:4]]
    assert names == ["City", "City Hall", "Old City Cafe", "Suncity"]


async def test_long_lists_have_pages_and_a_search_keeps_its_words(story: Story) -> None:
    for number in range(19):
        await builders.add_customer(story.app.store, name=f"Kopi {number:02d}")
    await story.rep.says("kopi")
    assert "1 of 3" in story.rep.buttons
    await story.rep.taps("›")
    await story.rep.taps("›")
    assert [label[:11] for label in story.rep.buttons[:3]] == ["C · Kopi 16", "C · Kopi 17", "C · Kopi 18"]
    assert "›" not in story.rep.buttons
    await story.rep.taps(story.rep.buttons[1])
    story.rep.sees_now("Kopi 17")


async def test_nothing_found_says_so_and_offers_to_add_it(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await story.rep.says("Bugis Junction")
    story.rep.sees_now("No customer of yours has “Bugis Junction”")
    assert story.rep.buttons == ["Add “Bugis Junction”", "All customers"]


async def test_an_emoji_and_five_thousand_characters_are_answered_like_any_words(story: Story) -> None:
    await story.rep.says("😀")
    story.rep.sees_now("“😀”")
    assert not any(label.startswith("Add") for label in story.rep.buttons)
    await story.rep.says("客" * 4096)
    story.rep.sees_now("No customer of yours has “客客客")
    assert len(story.rep.screen) < 300


async def test_html_in_a_name_is_shown_as_it_was_written(story: Story) -> None:
    name = "<b>Tom</b> & Jerry <script>"
    await builders.add_customer(story.app.store, name=name)
    await builders.add_customer(story.app.store, name="Tom's <i>Diner")
    await story.rep.says("tom")
    (label,) = [label for label in story.rep.buttons if label.startswith(f"C · {name}")]
    await story.rep.taps(label)
    story.rep.sees_now(name)


async def test_filters_by_grade_stage_tag_and_overdue(story: Story) -> None:
    store = story.app.store
    await builders.add_customer(store, name="Alpha", grade=Grade.A, stage=RelationshipStage.STABLE, tags=["vip: 重点"])
    fresh = await builders.add_customer(store, name="Beta", grade=None, tags=["hotel"])
    await builders.add_touch(store, fresh, MORNING - timedelta(days=1))
    await story.rep.says("/customers")
    story.rep.sees_now("Customers · 2")
    await story.rep.taps("A 1")
    story.rep.sees_now("Grade A · 1")
    await story.rep.taps("No grade 1")
    assert story.rep.buttons[0] == "Beta"
    await story.rep.taps("⏰ Overdue")
    story.rep.sees_now("Overdue · 1")
    assert story.rep.buttons[0].startswith("A · Alpha · ⏰")
    await story.rep.taps("Stage ▸")
    await story.rep.taps("Stable cooperation 1")
    assert story.rep.buttons[0].startswith("A · Alpha")
    await story.rep.taps("Tag ▸")
    await story.rep.taps("vip: 重点")
    story.rep.sees_now("vip: 重点 · 1")
    assert story.rep.buttons[0].startswith("A · Alpha")
    await story.rep.taps("All")
    story.rep.sees_now("Customers · 2")


async def test_an_ended_customer_is_in_no_list(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Gone", ended_at=MORNING, ended_reason="no_need")
    await builders.add_customer(story.app.store, name="Here")
    await story.rep.says("/customers")
    story.rep.sees_now("Customers · 1")
    await story.rep.says("gone")
    story.rep.sees_now("No customer of yours")


async def test_a_rep_and_a_manager_without_customers_are_told_what_to_do_next(story: Story) -> None:
    await story.rep.says("/customers")
    story.rep.sees_now("You have no customers yet.", "Ask your manager")
    await story.manager.says("/customers")
    story.manager.sees_now("Your team has no customers yet.", "Excel or CSV")


async def test_a_list_is_edited_in_place_and_a_typed_search_comes_below(story: Story) -> None:
    for number in range(12):
        await builders.add_customer(story.app.store, name=f"Kopi {number:02d}")
    await story.rep.says("kopi")
    before = len(story.rep.messages)
    await story.rep.taps("›")
    await story.rep.taps("‹")
    assert len(story.rep.messages) == before
    await story.rep.says("kopi 1")
    assert story.rep.messages[-1].from_bot
    story.rep.sees_now("customers with “kopi 1”")
