"""What people type by mistake: refused in their language at the question it was meant for, and nothing is lost."""

from sqlmodel import select

from bot.domain.vocabulary import Grade
from bot.store.tables import Contact, Customer, Draft, Promise
from tests.builders import add_customer
from tests.story import Story


async def answers(story: Story) -> dict[str, object]:
    async with story.app.store.read() as session:
        draft = (await session.exec(select(Draft).order_by(Draft.id))).all()[-1]  # type: ignore[arg-type] # a column
    return dict(draft.data["answers"])


async def test_a_report_refuses_what_cannot_be_and_keeps_the_rest(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Tom & <b>Jerry", grade=Grade.B)
    await story.rep.says("/language")
    await story.rep.taps("简体中文")
    await story.rep.taps_data(f"report:{customer}")
    story.rep.sees_now("Tom & <b>Jerry")
    await story.rep.taps("见到了")
    await story.rep.says("😀🎉")
    story.rep.sees_now("名称至少要有一个字或数字")
    await story.rep.says("Mei <i>Lim</i>")
    assert any("Mei <i>Lim</i>" in label for label in story.rep.buttons)
    await story.rep.taps(next(label for label in story.rep.buttons if label.startswith("完成")))
    for _ in range(3):  # purpose, needs, objections
        await story.rep.taps("跳过")
    await story.rep.taps("下单")
    await story.rep.says("-500")
    story.rep.sees_now("-500")
    assert "commitment_amount" not in await answers(story)
    await story.rep.says("1200")
    await story.rep.says("2020-01-01")
    assert "commitment_due" not in await answers(story)
    await story.rep.taps("跳过")
    await story.rep.taps("跳过")
    await story.rep.says("很" * 4096)  # Telegram cuts what people type there
    assert "complaint" not in await answers(story)
    story.rep.sees_now("4096")
    kept = await answers(story)
    assert kept["commitment_amount"] == {"value": "1200"}
    assert set(kept) >= {"took_place", "who_met", "commitment"}
    async with story.app.store.read() as session:
        assert (await session.exec(select(Promise))).all() == []  # nothing is half written
        assert (await session.exec(select(Contact))).all() == []


async def test_a_new_customer_needs_a_name_that_can_be_read(story: Story) -> None:
    await story.rep.says("/add")
    for wrong in ("🎈🎈", "x" * 3000):
        await story.rep.says(wrong)
        story.rep.sees_now("What is the customer called?", "⚠")
    await story.rep.says("<script>Raffles</script>")
    for _ in range(3):
        await story.rep.taps("Skip")
    story.rep.sees_now("<script>Raffles</script>")
    async with story.app.store.read() as session:
        assert [one.name for one in (await session.exec(select(Customer))).all()] == ["<script>Raffles</script>"]
