"""A file sent to the bot: previewed, held, taken once, dropped; its bad rows given back in a file."""

import inspect
import io
import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.screen import Reader, Screen
from bot.domain.vocabulary import Language, Role
from bot.rendering import Rendered, Renderer
from bot.services.importing import (
    Stage,
    Step,
    TableState,
    book,
    orders,
    outcomes,
    row_reading,
    screens,
    tables,
    taking_customers,
    uploads,
    values,
)
from bot.services.importing.error_file import error_file
from bot.services.importing.plan import FAULTS_IN_JSON
from bot.services.importing.source_files import SourceFile
from bot.store.tables import Customer, Media, Member
from bot.store.unit import Store
from tests.importing.conftest import NOW, csv_file, sample, take

BAD = "Customer name,Grade,Created\nOne,A,\nTwo,Z,2/1/2026\n=1+1,,\nThree,Q,\n"


def manager(team_id: int, member_id: int = 1) -> Acting:
    return Acting(
        member_id=member_id,
        team_id=team_id,
        name="Mo",
        role=Role.MANAGER,
        sells=False,
        language=Language.EN,
        zone=ZoneInfo("Asia/Singapore"),
        currency="SGD",
        country="SG",
    )


def shown(screen: Screen, language: Language = Language.EN) -> Rendered:
    return Renderer().render(screen, Reader(language=language, zone=ZoneInfo("UTC"), now=NOW))


def buttons(rendered: Rendered) -> list[str]:
    return [button.value for row in rendered.inline for button in row]


async def add_member(store: Store, team_id: int) -> int:
    member = Member(team_id=team_id, name="Mo", role=Role.MANAGER)
    async with store.begin() as session:
        session.add(member)
    assert member.id is not None
    return member.id


async def hold(store: Store, acting: Acting, source: SourceFile) -> int:
    async with store.begin() as session:
        return await uploads.hold_upload(session, acting, source, now=NOW)


async def test_a_file_is_previewed_held_taken_and_dropped(store: Store, hangzhou: int) -> None:
    acting = manager(hangzhou, await add_member(store, hangzhou))
    (source,) = sample("wukong11_customers_hangzhou.xlsx")
    plan = await uploads.preview(store, acting, source, now=NOW)
    upload_id = await hold(store, acting, source)
    preview = shown(screens.preview_screen(plan, upload_id))
    assert "Wukong CRM 11" in preview.text
    assert "Customers: 117 new" in preview.text
    assert "李娜, 张伟, 王芳" in preview.text
    assert buttons(preview) == [f"im:take:{upload_id}", f"im:no:{upload_id}"]

    steps: list[Step] = []

    async def note(step: Step) -> None:
        steps.append(step)

    done = await uploads.take_upload(store, acting, upload_id, now=NOW, good_rows=False, on_step=note)
    assert [step.stage for step in steps] == [Stage.CHECKING, Stage.SAVING]
    assert "Checking: 117 of 117 rows" in shown(screens.progress_screen("a.xlsx", steps[0], upload_id)).text
    assert shown(screens.done_screen(done, upload_id)).text.endswith("✓ Customers: 117 new")
    async with store.begin() as session:
        await uploads.drop_upload(session, acting, upload_id)
    with pytest.raises(Refused, match="import_gone"):
        await uploads.take_upload(store, acting, upload_id, now=NOW, good_rows=False)


async def test_taking_an_upload_again_after_an_interruption_changes_nothing(store: Store, singapore: int) -> None:
    acting = manager(singapore, await add_member(store, singapore))
    upload_id = await hold(store, acting, csv_file("Customer name\nOne\n"))
    assert (await uploads.take_upload(store, acting, upload_id, now=NOW, good_rows=False)).tables[0].new == 1
    assert (await uploads.take_upload(store, acting, upload_id, now=NOW, good_rows=False)).tables[0].unchanged == 1


async def test_the_same_file_sent_twice_is_one_upload(store: Store, singapore: int) -> None:
    acting = manager(singapore)
    assert await hold(store, acting, csv_file("Customer name\nOne\n")) == await hold(
        store, acting, csv_file("Customer name\nOne\n")
    )


async def test_only_its_sender_takes_or_drops_an_upload(store: Store, singapore: int, hangzhou: int) -> None:
    upload_id = await hold(store, manager(singapore), csv_file("Customer name\nOne\n"))
    for other in (manager(singapore, member_id=2), manager(hangzhou)):
        with pytest.raises(Refused, match="import_gone"):
            await uploads.take_upload(store, other, upload_id, now=NOW, good_rows=False)


async def test_other_media_are_no_uploads(store: Store, singapore: int) -> None:
    async with store.begin() as session:
        photo = Media(
            team_id=singapore, sha256="0" * 64, content_type="image/jpeg", name="a", content=b"x", created_at=NOW
        )
        session.add(photo)
        await session.flush()
        with pytest.raises(Refused, match="import_gone"):
            await uploads.drop_upload(session, manager(singapore), photo.id or 0)


@pytest.mark.parametrize("role", [Role.REP, Role.SERVICE])
async def test_a_rep_or_service_cannot_import(store: Store, singapore: int, role: Role) -> None:
    acting = replace(manager(singapore), role=role)
    with pytest.raises(Refused, match="not_for_your_role"):
        await uploads.preview(store, acting, csv_file("Customer name\nOne\n"), now=NOW)
    with pytest.raises(Refused, match="not_for_your_role"):
        await hold(store, acting, csv_file("Customer name\nOne\n"))


async def test_a_file_that_cannot_be_read_is_refused_with_its_problem(store: Store, singapore: int) -> None:
    with pytest.raises(Refused) as caught:
        await uploads.preview(store, manager(singapore), csv_file("x" * 10), now=NOW)
    assert caught.value.code == "header_not_found"
    rendered = shown(Screen(template=f"refusals/{caught.value.code}", facts={"found": "xxxxxxxxxx"}))
    assert "Found: xxxxxxxxxx" in rendered.text


async def test_bad_rows_are_told_and_the_good_ones_offered(store: Store, singapore: int) -> None:
    plan = await uploads.preview(store, manager(singapore), csv_file(BAD), now=NOW)
    preview = shown(screens.preview_screen(plan, 7))
    assert "Rows that cannot be taken: 2" in preview.text
    assert "Row 3: Grade: The grade is not A, B, C or D. (Z) · 2 rows like this" in preview.text
    assert buttons(preview) == ["im:good:7", "im:bad:7", "im.kinds:7", "im:no:7"]


async def test_a_file_of_known_rows_offers_nothing_to_take(store: Store, singapore: int) -> None:
    await take(store, singapore, csv_file("Customer name\nOne\n"))
    plan = await uploads.preview(store, manager(singapore), csv_file("Customer name\nOne\n"), now=NOW)
    preview = shown(screens.preview_screen(plan, 7))
    assert "Nothing new" in preview.text
    assert buttons(preview) == ["im:no:7"]


async def test_the_error_file_gives_bad_rows_back_and_comes_in_when_corrected(store: Store, singapore: int) -> None:
    reasons = Renderer().texts("files/import_words", Language.ZH_HANS).reasons
    plan = await take(store, singapore, csv_file(BAD, "客户.csv"), good_rows=True)
    written = await error_file(plan, Language.ZH_HANS, reasons)
    assert written is not None
    name, content = written
    assert name == "客户-errors.xlsx"
    workbook = load_workbook(io.BytesIO(content))
    sheet = workbook.worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["错误原因", "Customer name", "Grade", "Created"]
    assert rows[1] == [
        "Grade: 级别应为 A、B、C 或 D。 (Z); Created: 分不清日和月，请写成 2026-11-23。 (2/1/2026)",
        "Two",
        "Z",
        "2/1/2026",
    ]
    assert len(rows) == 3
    for row in sheet.iter_rows(min_row=2):
        row[2].value, row[3].value = "B", None
    corrected = io.BytesIO()
    workbook.save(corrected)
    again = await take(store, singapore, SourceFile(name=name, content=corrected.getvalue()))
    assert (again.complete, again.tables[0].new, again.tables[0].kept_columns) == (True, 2, ())
    async with store.read() as session:
        customers = (await session.exec(select(Customer).order_by(Customer.id))).all()  # type: ignore[arg-type] # a column
    assert [customer.name for customer in customers] == ["One", "=1+1", "Two", "Three"]
    assert all(customer.extra == {} for customer in customers)


async def test_a_plan_without_bad_rows_has_no_error_file(store: Store, singapore: int) -> None:
    plan = await take(store, singapore, csv_file("Customer name\nOne\n"))
    assert await error_file(plan, Language.EN, {}) is None


async def test_an_error_file_is_kept_once_and_named_by_the_done_screen(store: Store, singapore: int) -> None:
    plan = await take(store, singapore, csv_file(BAD), good_rows=True)
    async with store.begin() as session:
        first = await uploads.keep_error_file(session, manager(singapore), "a.xlsx", b"x", now=NOW)
        assert await uploads.keep_error_file(session, manager(singapore), "a.xlsx", b"x", now=NOW) == first
    screen = screens.done_screen(plan, 7, first)
    assert screen.document == str(first)
    assert "Rows not taken: 2" in shown(screen).text


async def test_a_plan_as_json_is_plain_and_bounded(store: Store, singapore: int) -> None:
    rows = "".join(f"C{number},Z\n" for number in range(FAULTS_IN_JSON + 50))
    data = (await take(store, singapore, csv_file(f"Customer name,Grade\n{rows}"))).to_json()
    listed = data["tables"]
    assert isinstance(listed, list)
    assert isinstance(listed[0], dict)
    assert listed[0]["bad"] == FAULTS_IN_JSON + 50
    bad_rows = listed[0]["bad_rows"]
    assert isinstance(bad_rows, list)
    assert bad_rows[0] == {"line": 2, "faults": [{"code": "bad_grade", "header": "Grade", "value": "Z"}]}
    assert len(bad_rows) == FAULTS_IN_JSON


@pytest.mark.parametrize("language", list(Language))
async def test_every_screen_and_reason_reads_in_every_language(
    store: Store, singapore: int, language: Language
) -> None:
    plan = await take(store, singapore, csv_file(BAD))
    assert plan.tables[0].state is TableState.REFUSED
    step = Step(stage=Stage.SAVING, done=400, total=1000)
    texts = [
        shown(screen, language).text
        for screen in (
            screens.preview_screen(plan, 7),
            screens.done_screen(plan, 7, 3),
            screens.progress_screen("客户.xlsx", step, 7),
            screens.cancelled_screen("客户.xlsx", 7),
        )
    ]
    words = Renderer().texts("files/import_words", language)
    texts.extend(str(text) for text in words.reasons.values())
    if language is not Language.EN:
        english = {str(text) for text in Renderer().texts("files/import_words", Language.EN).reasons.values()}
        assert not english & set(texts)
    assert all(texts)


def test_every_reason_that_code_gives_has_words() -> None:
    words = set(Renderer().texts("files/import_words", Language.EN).reasons)
    given: set[str] = set()
    for module in (book, orders, outcomes, row_reading, tables, taking_customers, values):
        source = inspect.getsource(module)
        given |= set(re.findall(r'(?:BadValue|refuse|Fault)\(\s*(?:code=)?"([a-z_]+)"', source))
        given |= set(re.findall(r'"((?:missing|bad)_[a-z_]+)"', source))
    assert given == words
