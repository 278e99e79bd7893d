"""Deals in chat: noted, moved with what shows it, won, lost with a reason, taken up again; and the funnel of all."""

from datetime import timedelta

from bot.domain.vocabulary import DealStage, Grade
from tests import builders
from tests.relations import seeding
from tests.story import MORNING, Story


async def open_deals(story: Story, name: str = "raffles") -> None:
    await story.rep.says(name)
    await story.rep.taps("Deals")


async def test_a_deal_is_added_in_four_answers_from_the_card(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await open_deals(story)
    story.rep.sees_now("Raffles City · deals", "No deal yet")
    await story.rep.taps("Add deal")
    await story.rep.says("Autumn order")
    await story.rep.taps("Proposal")
    await story.rep.says("6.4k")
    await story.rep.says("in 3 weeks")
    story.rep.sees_now(
        "Autumn order · Raffles City",
        "Proposal · since today",
        "SGD 6,400 · expected 14 Dec",
        "Chance 60 %: a usual value, no closed deal yet",
    )
    moves = await seeding.moves_of(story.app.store, 1)
    assert [(move.before, move.after) for move in moves] == [(None, DealStage.PROPOSAL)]


async def test_a_move_asks_for_what_shows_it_and_keeps_it(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City")
    deal = await seeding.add_deal(story.app.store, raffles)
    await open_deals(story)
    await story.rep.taps("Autumn order")
    story.rep.sees_now("Proposal · for 10 days", "SGD 6,400")
    await story.rep.taps("Move")
    await story.rep.taps("Negotiation")
    story.rep.sees_now("Proposal → Negotiation: what shows it?")
    await story.rep.taps("The decider agrees")
    story.rep.sees_now("Negotiation · since today", "today Negotiation: the decider agrees")
    (move,) = await seeding.moves_of(story.app.store, deal)
    assert (move.before, move.after, move.evidence) == (DealStage.PROPOSAL, DealStage.NEGOTIATION, "decider_agrees")
    assert move.before_since == seeding.DEAL_BEGAN


async def test_a_double_tap_moves_a_deal_once(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City")
    deal = await seeding.add_deal(story.app.store, raffles)
    await open_deals(story)
    for _ in range(2):
        await story.rep.taps_data(f"deal.to:{deal}:negotiation:offer_discussed")
    assert len(await seeding.moves_of(story.app.store, deal)) == 1


async def test_a_deal_is_won_and_counts_for_the_rates(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City")
    deal = await seeding.add_deal(story.app.store, raffles)
    await open_deals(story)
    await story.rep.taps("Autumn order")
    await story.rep.taps("Won ✓")
    await story.rep.taps("Nothing to show yet")
    story.rep.sees_now("Won · after-sales")
    assert (await seeding.deal_row(story.app.store, deal)).stage is DealStage.AFTER_SALES
    await seeding.add_deal(story.app.store, raffles, "Spring order")
    await open_deals(story)
    await story.rep.taps("Spring order")
    story.rep.sees_now("Chance 64 %: won 1 of 1 that came this far")


async def test_a_lost_deal_has_a_reason_and_can_be_taken_up_where_it_stood(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City")
    deal = await seeding.add_deal(story.app.store, raffles)
    await open_deals(story)
    await story.rep.taps("Autumn order")
    await story.rep.taps("Lost")
    story.rep.sees_now("Lost. Why?")
    await story.rep.taps("Went to a rival")
    story.rep.sees_now("Lost · since today", "Reason: went to a rival")
    row = await seeding.deal_row(story.app.store, deal)
    assert (row.stage, row.reason) == (DealStage.LOST, "rival")
    await story.rep.taps_data(f"deal.to:{deal}:negotiation:offer_discussed")
    story.rep.sees("Autumn order is closed")
    await story.rep.taps("Take up again")
    assert (await seeding.deal_row(story.app.store, deal)).stage is DealStage.PROPOSAL


async def test_a_deal_is_given_up_with_a_reason(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City")
    deal = await seeding.add_deal(story.app.store, raffles)
    await open_deals(story)
    await story.rep.taps("Autumn order")
    await story.rep.taps("Give up")
    await story.rep.taps("Not worth the effort")
    assert (await seeding.deal_row(story.app.store, deal)).stage is DealStage.ABANDONED


async def test_editing_a_deal_keeps_what_is_not_said_again(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City")
    deal = await seeding.add_deal(story.app.store, raffles)
    await open_deals(story)
    await story.rep.taps("Autumn order")
    await story.rep.taps("Edit")
    story.rep.sees_now("Autumn order")
    await story.rep.taps("Save")
    row = await seeding.deal_row(story.app.store, deal)
    assert (row.name, row.stage, row.amount_minor) == ("Autumn order", DealStage.PROPOSAL, 640_000)


async def test_a_deal_that_stands_still_is_marked_with_advice(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City")
    await seeding.add_deal(story.app.store, raffles, stage=DealStage.NEGOTIATION, since=MORNING - timedelta(days=31))
    await open_deals(story)
    story.rep.sees_now("Negotiation: Autumn order · SGD 6,400 · 31 days ⚠")
    await story.rep.taps("Autumn order")
    story.rep.sees_now("⚠ won deals took 30", "Name the hesitation")


async def test_the_funnel_shows_count_amount_weight_and_how_many_deals_taught_it(story: Story) -> None:
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City", grade=Grade.A)
    other = await builders.add_customer(store, name="Bugis Junction", owner=builders.OTHER_REP)
    await seeding.add_deal(store, raffles, "Autumn order")
    await seeding.add_deal(
        store, raffles, "Old talk", stage=DealStage.LEAD, amount_minor=None, since=MORNING - timedelta(40)
    )
    await seeding.add_deal(store, raffles, "Lost one", stage=DealStage.LOST)
    await seeding.add_deal(store, other, "Theirs", amount_minor=100_000)
    await story.rep.says("/funnel")
    story.rep.sees_now(
        "Your funnel · 2 open deals",
        "Worth SGD 3,840, weighted by the chance",
        "Lead collected 1",
        "9 % (n 1) ⚠ 1",
        "Proposal 1 · SGD 6,400 · weighted 3,840 · 60 % (n 0)",
        "1 deal stands still",
        "1 deal has no amount yet",
    )
    await story.rep.taps("Proposal 1")
    story.rep.sees_now("Proposal · 1", "Raffles City: Autumn order · SGD 6,400 · 10 days")
    await story.rep.taps("‹ Funnel")
    await story.rep.taps("Standing still ⚠")
    story.rep.sees_now("Old talk · no amount · 40 days ⚠")
    await story.rep.taps("‹ Funnel")
    await story.rep.taps("Figures")
    story.rep.sees_now("won 0, lost 1", "too few won deals to say", "too few closed deals to judge")
    await story.manager.says("/funnel")
    story.manager.sees_now("The team's funnel · 3 open deals")


async def test_an_empty_funnel_says_how_to_begin(story: Story) -> None:
    await story.rep.says("/funnel")
    story.rep.sees_now("0 open deals", "Add a deal from a customer's card")


async def test_anothers_deal_cannot_be_seen_or_moved(story: Story) -> None:
    theirs = await builders.add_customer(story.app.store, name="Bugis Junction", owner=builders.OTHER_REP)
    deal = await seeding.add_deal(story.app.store, theirs)
    await story.rep.says("/funnel")
    for data in (f"deal:{deal}", f"deal.to:{deal}:negotiation:offer_discussed", f"deal.end:{deal}:lost:price"):
        await story.rep.taps_data(data)
    story.rep.sees("not on your list")
    assert (await seeding.deal_row(story.app.store, deal)).stage is DealStage.PROPOSAL
    for data in ("deal.to:x", "deal.to:1:won:now", "fn.st:nowhere:0", "fn.st:lead", "deal.end:1", "deal.move:1:lost"):
        await story.rep.taps_data(data)
    assert await seeding.moves_of(story.app.store, deal) == []
