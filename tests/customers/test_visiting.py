"""How often and when a customer is visited: ticked behind its card, kept to by the plans."""

from sqlmodel import col, select

from bot.domain.opening_hours import OpeningHours
from bot.domain.opening_words import write_opening
from bot.domain.vocabulary import Grade
from bot.store.tables import AuditEntry, Customer
from tests import builders
from tests.story import Story


async def customer_of(story: Story) -> Customer:
    async with story.app.store.read() as session:
        return (await session.exec(select(Customer))).one()


async def open_visits(story: Story) -> None:
    await story.rep.says("raffles")
    await story.rep.taps("More ▸")
    await story.rep.taps("Visits: how often, when")


async def test_hours_days_and_frequency_are_ticked_and_the_day_keeps_to_them(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City", grade=Grade.B)
    await open_visits(story)
    story.rep.sees_now("1 a week · by grade B", "open on every day that you work, at any time of day")
    await story.rep.taps("How often")
    await story.rep.taps("3 a week")
    await story.rep.taps("‹ Back")
    story.rep.sees_now("3 a week · set for this customer")
    await story.rep.taps("Open hours")
    for hour in ("08:00", "09:00", "12:00", "13:00", "15:00", "16:00", "17:00", "18:00", "19:00"):
        await story.rep.taps(f"☑ {hour}")
    story.rep.sees_now("10:00–12:00, 14:00–15:00")
    await story.rep.says("/today")
    assert any(f" {hour}:" in story.rep.screen for hour in ("10", "11", "14"))
    await open_visits(story)
    await story.rep.taps("Open days")
    await story.rep.taps("☑ Mon")
    await story.rep.taps("‹ Back")
    story.rep.sees_now("Tue–Sun 10:00–12:00, 14:00–15:00")
    await story.rep.says("/today")
    assert "1 visit" not in story.rep.screen
    async with story.app.store.read() as session:
        actions = (await session.exec(select(col(AuditEntry.action)))).all()
    assert {"frequency_set", "opening_set"} <= set(actions)


async def test_one_weekday_has_hours_of_its_own_ticked_or_all_written_as_they_stand_on_the_door(story: Story) -> None:
    customer = await builders.add_customer(story.app.store, name="Raffles City")
    await open_visits(story)
    await story.rep.taps("Open hours")
    await story.rep.taps("Sat ▸")
    await story.rep.taps("☑ 08:00")
    story.rep.sees_now("Sat", "Mon–Fri Sun any time of day · Sat 09:00–20:00")
    await story.rep.taps("As on other days")
    story.rep.sees_now("any time of day")
    await story.rep.taps("‹ Back")
    await story.rep.taps("Write the hours")
    await story.rep.says("on the door")
    story.rep.sees_now("no hours that I can read")
    await story.rep.says("Tue-Fri 9-18, Sat 9-12")
    story.rep.sees_now("Tue–Fri 09:00–18:00 · Sat 09:00–12:00")
    await story.rep.says("raffles")
    story.rep.sees_now("🕘 Tue–Fri 09:00–18:00 · Sat 09:00–12:00")
    await story.rep.says("/today")
    assert "1 visit" not in story.rep.screen
    for data in ("card.day:%d:7", "card.day:%d:9", "card.day:%d:6:fffff", "card.day:%d:7:1"):
        await story.rep.taps_data(data % customer)
    await story.other_rep.says("/help")
    for data in ("card.day:%d:6", "card.day:%d:6:1", "card.words:%d"):
        await story.other_rep.taps_data(data % customer)
        story.other_rep.sees_now("not on your list")
    assert write_opening(OpeningHours.from_json((await customer_of(story)).opening)) == (
        "Tu-Fr 09:00-18:00; Sa 09:00-12:00"
    )


async def test_a_day_and_an_hour_must_be_left_and_mangled_buttons_change_nothing(story: Story) -> None:
    customer = await builders.add_customer(story.app.store, name="Raffles City")
    await open_visits(story)
    await story.rep.taps_data(f"card.days:{customer}:")
    story.rep.sees_now("One day at least must be left")
    await story.rep.taps_data(f"card.open:{customer}:0")
    story.rep.sees_now("One hour at least must be left")
    for data in ("card.days:%d:19", "card.open:%d:fffff", "card.open:%d:x", "card.freq:%d:99", "card.visits:%d:x"):
        await story.rep.taps_data(data % customer)
    kept = await customer_of(story)
    assert OpeningHours.from_json(kept.opening) == OpeningHours()
    assert kept.visits_per_week is None
    await story.other_rep.says("/help")
    await story.other_rep.taps_data(f"card.freq:{customer}:3")
    story.other_rep.sees_now("not on your list")
    assert (await customer_of(story)).visits_per_week is None


async def test_where_midday_rest_is_the_custom_a_customer_can_ask_for_visits_in_it(story: Story) -> None:
    await builders.change_team(story.app.store, country="CN", currency="CNY", timezone="Asia/Shanghai")
    await builders.add_customer(story.app.store, name="Raffles City")
    for language, words in (("zh_Hans", "拜访：多久一次、何时"), ("zh_Hant", "拜訪：多久一次、何時")):
        await builders.change_member(story.app.store, language=language)
        await story.rep.says("raffles")
        await story.rep.taps("更多 ▸")
        await story.rep.taps(words)
        story.rep.sees_now("每2周一次" if language == "zh_Hans" else "每2週一次")
    await story.rep.taps("☐ 午休時可拜訪")
    story.rep.sees_now("午休時也歡迎拜訪")
    assert OpeningHours.from_json((await customer_of(story)).opening).in_rest
