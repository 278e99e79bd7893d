"""The network of a customer in chat: who is there, by taps and by a shared contact, and what one person carries."""

from datetime import date, timedelta

from sqlmodel import col, select

from bot.domain.vocabulary import ContactRole, Grade, RelationshipStage
from bot.store.tables import Contact
from tests import builders
from tests.relations import seeding
from tests.story import MORNING, Story


async def contact_row(story: Story, name: str) -> Contact:
    async with story.app.store.read() as session:
        return (await session.exec(select(Contact).where(col(Contact.name) == name))).one()


async def test_the_card_leads_to_a_network_that_says_who_is_missing_and_whom_to_ask(story: Story) -> None:
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City", grade=Grade.A, stage=RelationshipStage.STABLE)
    await seeding.add_share(store, raffles, 50, 74, MORNING - timedelta(days=30))
    await seeding.add_person(store, raffles, "Mei Lim", role=ContactRole.BUYER, influence=3, attitude=1, closeness=3)
    await seeding.add_person(store, raffles, "Guard", last_met_on=None)
    await story.rep.says("raffles")
    await story.rep.taps("Network")
    story.rep.sees_now(
        "Raffles City · network",
        "stable cooperation",
        "share 50-74 %",
        "Roles 1 of 6 · missing: decider, coach …",
        "Attitude +1.0 by influence (1 of 2)",
        "⚠ one contact carries this: Mei Lim (100 %)",
        "Guard · role?",
        "Ask Mei Lim to introduce you: decider",
    )


async def test_an_empty_network_says_what_to_do(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await story.rep.says("raffles")
    await story.rep.taps("Network")
    story.rep.sees_now("Nobody is known here yet", "share?", "Find a way to: decider")


async def test_a_shared_contact_joins_the_network_with_a_role(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await story.rep.says("raffles")
    await story.rep.taps("Network")
    await story.rep.taps("Add contact")
    await story.rep.does("shares_contact", "+65 6338 7766", "Mei Lim")
    await story.rep.taps("Buyer")
    story.rep.sees_now("Raffles City · network", "Mei Lim · buyer")
    added = await contact_row(story, "Mei Lim")
    assert (added.role, added.phone) == (ContactRole.BUYER, "+6563387766")


async def test_role_attitude_and_influence_are_said_by_two_taps_each(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City")
    await builders.add_contact(story.app.store, raffles, "Mei Lim")
    await story.rep.says("raffles")
    await story.rep.taps("Network")
    await story.rep.taps("Mei Lim")
    story.rep.sees_now("Role: not known", "Influence: not known")
    for choice, value in (("Role", "Decider"), ("Influence", "5"), ("Attitude", "Sceptical"), ("Closeness", "Known")):
        await story.rep.taps(choice)
        await story.rep.taps(value)
    story.rep.sees_now("Role: decider · ★ decides", "Influence: 5 of 5", "Attitude: sceptical", "Closeness: known")
    mei = await contact_row(story, "Mei Lim")
    assert (mei.role, mei.decides, mei.influence, mei.attitude, mei.closeness) == (ContactRole.DECIDER, True, 5, -1, 2)


async def test_the_leaving_test_says_what_remains_and_which_door_to_open(story: Story) -> None:
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City")
    await seeding.add_person(store, raffles, "Mei Lim", role=ContactRole.BUYER, influence=4, attitude=1, closeness=3)
    await story.rep.says("raffles")
    await story.rep.taps("Network")
    await story.rep.taps("Mei Lim")
    await story.rep.taps("If they leave?")
    story.rep.sees_now(
        "If Mei Lim leaves",
        "Nothing holds the account any more",
        "100 % of your ties there go along",
        "No buyer left",
        "No contact remains",
        "Ask Mei Lim to introduce you: decider",
    )


async def test_the_command_lists_who_hangs_on_one_contact_the_best_first(story: Story) -> None:
    store = story.app.store
    bugis = await builders.add_customer(store, name="Bugis Junction", grade=Grade.B)
    raffles = await builders.add_customer(store, name="Raffles City", grade=Grade.A)
    await builders.add_customer(store, name="Tampines 1", grade=Grade.C)
    await seeding.add_person(store, raffles, "Mei Lim", last_met_on=date(2026, 11, 2))
    for number in (1, 2):
        await seeding.add_person(store, bugis, f"Close {number}", influence=3, closeness=3)
    await story.rep.says("/network")
    story.rep.sees_now(
        "A, B and key accounts: 2", "1 hangs on one person", "Raffles City · A · one contact carries this"
    )
    assert "Tampines" not in story.rep.screen
    await story.rep.taps("Raffles City")
    story.rep.sees_now("Raffles City · network")


async def test_what_carries_the_account_is_said_by_taps_and_names_the_weakest(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await story.rep.says("raffles")
    await story.rep.taps("Network")
    await story.rep.taps("What carries it")
    for pillar, score in (("Trust in you", "3"), ("Trust in our firm", "1")):
        await story.rep.taps(pillar)
        await story.rep.taps(score)
    story.rep.sees_now("Trust in our firm: 1 of 4 ⚠ the weakest", "Benefit for the person: not known")
    await story.rep.taps("‹ Network")
    story.rep.sees_now("Weakest: trust in our firm")


async def test_another_reps_people_are_not_to_be_seen_or_changed(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City", owner=builders.OTHER_REP)
    contact = await builders.add_contact(story.app.store, raffles, "Mei Lim")
    await story.rep.says("/network")
    await story.rep.taps_data(f"net.who:{contact}")
    story.rep.sees_now("not yours to see")
    await story.rep.taps_data(f"net.set:{contact}:att:2")
    assert (await contact_row(story, "Mei Lim")).attitude is None
    await story.rep.taps_data(f"net:{raffles}")
    assert "Mei Lim" not in story.rep.screen


async def test_a_forged_value_changes_nothing(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City")
    contact = await builders.add_contact(story.app.store, raffles, "Mei Lim")
    await story.rep.says("/network")
    for data in (f"net.set:{contact}:att:9", f"net.set:{contact}:att", f"net.set:{contact}", f"net.pil:{raffles}:x:1"):
        await story.rep.taps_data(data)
    await story.rep.taps_data(f"net.pil:{raffles}:personal:9")
    assert (await contact_row(story, "Mei Lim")).attitude is None


async def test_an_opening_is_recorded_with_its_day_shown_and_closed(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await story.rep.says("raffles")
    await story.rep.taps("Network")
    await story.rep.taps("Entry opening")
    await story.rep.taps("People change")
    await story.rep.says("yesterday")
    await story.rep.says("a new head of purchasing")
    story.rep.sees_now("opening: people change, seen yesterday")
    await story.rep.says("/opening")
    story.rep.sees_now("Raffles City · people change · yesterday · a new head of purchasing")
    await story.rep.taps("Close ✓")
    story.rep.sees_now("None seen in the last 90 days")
