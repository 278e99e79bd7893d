"""The main job on real input: a customer's own files in, then a rep's whole day, driven from outside through chat."""

from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from bot.domain.vocabulary import Grade, PromiseState, Role, TookPlace, VisitState
from bot.services import joining
from bot.services.importing import SourceFile, apply, read_files
from bot.services.people import find_team
from bot.store.tables import Contact, Customer, Member, Order, Preparation, Promise, Report, Row, Touch, Visit
from bot.store.unit import Store
from tests.story import MORNING, Phone, Story

DATA = Path(__file__).parents[1] / "bot" / "demo" / "data"
HANGZHOU = (
    "wukong11_contracts_hangzhou.xlsx",
    "wukong11_contacts_hangzhou.xlsx",
    "hangzhou_locations.csv",
    "wukong11_customers_hangzhou.xlsx",
)
SINGAPORE = ("singapore_orders.csv", "singapore_contacts.csv", "singapore_customers.csv")


async def import_all(store: Store, files: tuple[str, ...], *, country: str, timezone: str, currency: str) -> int:
    """A team with the files imported, whatever their order."""
    language = "zh_Hans" if country == "CN" else "en"
    async with store.begin() as session:
        team = await joining.create_team(
            session,
            name=country,
            timezone=timezone,
            language=language,
            currency=currency,
            country=country,
            now=MORNING,
        )
    assert team.id is not None
    sources = [SourceFile(name=name, content=(DATA / name).read_bytes()) for name in files]
    plan = await apply(store, team.id, await read_files(store, team.id, sources), now=MORNING)
    assert plan.complete, plan.to_json()
    return team.id


async def count(store: Store, table: type[Row], team_id: int) -> int:
    async with store.read() as session:
        query = select(func.count()).select_from(table).where(table.team_id == team_id)  # type: ignore[attr-defined] # rows of a team have it
        return int((await session.exec(query)).one())


@pytest.mark.parametrize(
    ("files", "country", "timezone", "currency", "customers", "contacts", "orders"),
    [
        (HANGZHOU, "CN", "Asia/Shanghai", "CNY", 117, 205, 530),
        (SINGAPORE, "SG", "Asia/Singapore", "SGD", 130, 221, 482),
        (("wukong9_customers.xls",), "CN", "Asia/Shanghai", "CNY", 12, 0, 0),
    ],
)
async def test_the_real_files_are_taken_whole(
    store: Store,
    files: tuple[str, ...],
    country: str,
    timezone: str,
    currency: str,
    customers: int,
    contacts: int,
    orders: int,
) -> None:
    team_id = await import_all(store, files, country=country, timezone=timezone, currency=currency)
    assert await count(store, Customer, team_id) == customers
    assert await count(store, Contact, team_id) == contacts
    assert await count(store, Order, team_id) == orders
    async with store.read() as session:
        pinned = select(func.count()).where(col(Customer.team_id) == team_id, col(Customer.lat).is_not(None))
        found = (await session.exec(pinned)).one()
    assert found == (0 if files == ("wukong9_customers.xls",) else customers)


async def join(story: Story, phone: Phone, team_id: int, role: Role, name: str) -> None:
    async with story.app.store.begin() as session:
        token = await joining.invite(
            session, await find_team(session, str(team_id)), role, name=name, now=story.app.clock.now()
        )
    await phone.says(f"/start {token}")


async def test_a_rep_lives_a_whole_day_on_the_hangzhou_files(database_url: str) -> None:
    async with Story.begun(database_url) as story:
        store = story.app.store
        team_id = await import_all(store, HANGZHOU, country="CN", timezone="Asia/Shanghai", currency="CNY")
        rep, manager = story.phone(104), story.phone(105)
        await join(story, rep, team_id, Role.REP, "张伟")
        await join(story, manager, team_id, Role.MANAGER, "陈静")
        rep.sees("张伟")

        await story.until("2026-11-23T07:31:00+08:00")
        rep.sees_now("11月23日 周一")
        await rep.taps_data("day")
        await rep.taps("开始")
        async with store.read() as session:
            asked_in_full = select(Visit).join(Customer, col(Customer.id) == col(Visit.customer_id))
            asked_in_full = asked_in_full.where(col(Customer.grade) == Grade.A).order_by(col(Visit.planned_at))
            first = (await session.exec(asked_in_full)).first()
        assert first is not None
        assert first.state is VisitState.PLANNED

        await prepare(story, rep, first.customer_id)
        await check_in(story, rep, first.customer_id)
        await report_with_a_promise(story, rep, first.customer_id)
        async with store.read() as session:
            assert (await session.exec(select(Preparation))).one().visit_id == first.id
            visit = (await session.exec(select(Visit).where(col(Visit.id) == first.id))).one()
            assert (await session.exec(select(Report))).one().visit_id == first.id
            touched = select(Touch).where(col(Touch.report_id).is_not(None))
            assert (await session.exec(touched)).one().customer_id == first.customer_id
        assert visit.state is VisitState.DONE
        assert visit.distance_band is not None

        await answer_the_reminder(story, rep)
        await story.until("2026-11-23T18:31:00+08:00")
        manager.sees_now("CN", "11月23日")


async def prepare(story: Story, rep: Phone, customer_id: int) -> None:
    await rep.taps_data(f"prep:{customer_id}")
    await rep.taps("检查进度")
    for _ in range(40):
        label = next((one for one in ("跳过", "保存") if one in rep.buttons), None)
        if label is None:
            break
        await rep.taps(label)
    rep.sees_now("检查进度")


async def check_in(story: Story, rep: Phone, customer_id: int) -> None:
    await rep.taps_data(f"checkin:{customer_id}")
    async with story.app.store.read() as session:
        customer = (await session.exec(select(Customer).where(col(Customer.id) == customer_id))).one()
    assert customer.lat is not None
    assert customer.lng is not None
    await rep.shares_location(customer.lat, customer.lng)


async def report_with_a_promise(story: Story, rep: Phone, customer_id: int) -> None:
    await rep.taps_data(f"report:{customer_id}")
    await rep.taps("见到了")
    for _ in range(60):
        if "我们承诺了什么" in rep.screen and "报价单" in rep.buttons:
            await rep.taps("报价单")
            await rep.says("今天下午五点")
            await rep.taps(next(one for one in rep.buttons if one.startswith("完成")))
        label = next((one for one in ("跳过", "保存") if one in rep.buttons), None)
        if label is None:
            break
        await rep.taps(label)
    async with story.app.store.read() as session:
        report = (await session.exec(select(Report))).one()
    assert report.answers["answers"]["took_place"]["value"] == TookPlace.MET


async def answer_the_reminder(story: Story, rep: Phone) -> None:
    await story.until("2026-11-23T17:01:00+08:00")
    rep.sees_now("⏰", "报价单")
    await rep.taps(rep.buttons[0])
    async with story.app.store.read() as session:
        kept = select(Promise).where(col(Promise.state) == PromiseState.KEPT)
        assert len((await session.exec(kept)).all()) == 1


async def test_every_member_named_as_an_owner_waits_for_an_invitation(store: Store) -> None:
    team_id = await import_all(store, HANGZHOU, country="CN", timezone="Asia/Shanghai", currency="CNY")
    async with store.read() as session:
        names = (await session.exec(select(col(Member.name)).where(col(Member.team_id) == team_id))).all()
    assert set(names) == {"张伟", "李娜", "王芳"}
