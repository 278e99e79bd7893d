"""Reads whole tables: every row of a recognised sheet as a row of its kind, or as a bad row with its reasons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.domain.names import address_key
from bot.domain.opening_hours import ANY_TIME, OpeningHours
from bot.services.importing import choices, values
from bot.services.importing.columns import Kind, header_key
from bot.services.importing.orders import read_orders
from bot.services.importing.reading import Cell, Sheet
from bot.services.importing.recognising import Layout
from bot.services.importing.row_reading import ADDRESS_MAX, NAME_MAX, Frame, RowReader
from bot.services.importing.rows import (
    ContactRow,
    CustomerRow,
    Fault,
    ImportRow,
    LocationRow,
    OpportunityRow,
    ProductRow,
    TouchRow,
)
from bot.services.search_text import search_text

SHORT, MEDIUM, NOTES_MAX = 80, 200, 4000
PERSON_MAX, PHONE_MAX, REGION_MAX, REASON_MAX, TEXT_MAX = 120, 60, 120, 500, 2000
MOST_VISITS_PER_WEEK = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that cannot be taken, with every reason and its cells as they came."""

    line: int
    faults: tuple[Fault, ...]
    cells: tuple[Cell, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A sheet, read. ``left_out`` counts rows that mean nothing to take: totals, void orders."""

    file: str
    sheet: str
    layout: Layout
    rows: tuple[ImportRow, ...] = field(repr=False)
    bad: tuple[BadRow, ...] = field(repr=False)
    left_out: int
    cells_by_line: Mapping[int, tuple[Cell, ...]] = field(repr=False)


def read_table(file: str, sheet: Sheet, layout: Layout, frame: Frame) -> Table:
    """Read every filled row below the header. Nothing is refused here: bad rows come back with their reasons."""
    frame = replace(frame, dates_from_1904=sheet.dates_from_1904)
    filled = {
        line: cells
        for line, cells in enumerate(sheet.rows[layout.header_line :], start=layout.header_line + 1)
        if cells and not _is_total(cells, layout)
    }
    totals = sum(1 for cells in sheet.rows[layout.header_line :] if cells) - len(filled)
    readers = [RowReader(line=line, cells=cells, layout=layout, frame=frame) for line, cells in filled.items()]
    left_out = totals
    rows: list[ImportRow] = []
    if layout.kind is Kind.ORDERS:
        orders, void = read_orders(readers)
        rows.extend(orders)
        left_out += void
    else:
        read = _READERS[layout.kind]
        rows.extend(row for reader in readers if (row := read(reader)) is not None)
    bad = [
        BadRow(line=reader.line, faults=tuple(reader.faults), cells=reader.cells) for reader in readers if reader.faults
    ]
    return Table(
        file=file,
        sheet=sheet.name,
        layout=layout,
        rows=tuple(rows),
        bad=tuple(bad),
        left_out=left_out,
        cells_by_line=filled,
    )


def _is_total(cells: tuple[Cell, ...], layout: Layout) -> bool:
    first = next((cell for cell in cells if cell is not None), None)
    return isinstance(first, str) and header_key(first) in choices.TOTAL_WORDS


def _read_product(row: RowReader) -> ProductRow | None:
    name, _ = row.name("name", MEDIUM, "missing_name")
    code = row.text("code", SHORT) or name[:SHORT]
    product = ProductRow(
        line=row.line,
        code=code,
        name=name,
        category=row.text("category", SHORT),
        unit=row.text("unit", 40),
        price_minor=row.minor("price", row.frame.currency),
        description=row.text("description", TEXT_MAX),
    )
    return None if row.faults else product


def _read_customer(row: RowReader) -> CustomerRow | None:
    name, key = row.name("name", NAME_MAX, "missing_name")
    address, region = _read_address(row)
    place = row.coordinates()
    customer = CustomerRow(
        line=row.line,
        name=name,
        name_key=key,
        search_text=search_text(name),
        address=address,
        address_key=address_key(address),
        region=region,
        phone=row.phone(PHONE_MAX),
        contact_name=row.text("contact_name", PERSON_MAX),
        industry=row.text("industry", SHORT),
        channel=row.text("channel", SHORT),
        size=row.text("size", SHORT),
        source=row.text("source", SHORT),
        grade=row.read("grade", values.read_grade),
        owner=row.text("owner", PERSON_MAX),
        tags=row.read("tags", values.read_list) or (),
        lat=place[0] if place else None,
        lng=place[1] if place else None,
        key_account=row.read("key_account", values.read_yes_no),
        visits_per_week=row.read(
            "visits_per_week", lambda cell: values.read_number(cell, 0, MOST_VISITS_PER_WEEK, "bad_number")
        ),
        opening=_read_opening(row),
        stage=row.choice("stage", choices.RELATIONSHIP_STAGES),
        notes=row.text("notes", NOTES_MAX),
        last_touch_at=row.instant("last_touch"),
        next_contact_on=row.day("next_contact"),
        created_at=row.instant("created"),
        ended_at=row.instant("ended"),
        ended_reason=row.text("ended_reason", REASON_MAX),
        extra=row.extra(*(("phone",) if row.cell("mobile") is not None else ())),
    )
    return None if row.faults else customer


def _read_opening(row: RowReader) -> OpeningHours | None:
    """The hours, less the days that a column of its own calls closed."""
    opening = row.read("opening", values.read_opening_hours)
    known = opening or ANY_TIME
    return row.read("closed_days", lambda cell: values.read_opening_hours(cell, known, closed=True)) or opening


def _read_address(row: RowReader) -> tuple[str, str]:
    """The address in one line, and the region. Parts that the street already names are not said twice."""
    street = row.text("address", ADDRESS_MAX) or row.text("address_detail", ADDRESS_MAX)
    area = row.read("area", values.read_list) or ()
    parts = area or tuple(part for name in ("province", "city", "district") if (part := row.text(name, SHORT)))
    missing = [part for part in dict.fromkeys(parts) if part not in street]
    chinese = not "".join([*missing, street]).isascii()
    joined = "".join([*missing, street]) if chinese else ", ".join(part for part in [street, *missing] if part)
    if len(joined) > ADDRESS_MAX:
        row.refuse("too_long", "address_detail", limit=ADDRESS_MAX)
    region = row.text("region", REGION_MAX) or " ".join(dict.fromkeys(parts))[:REGION_MAX]
    return joined, region


def _read_location(row: RowReader) -> LocationRow | None:
    customer = row.customer()
    place = row.coordinates()
    if place is None and not row.faults:
        row.refuse("missing_coordinates")
    if row.faults or place is None:
        return None
    return LocationRow(line=row.line, customer=customer, lat=place[0], lng=place[1])


def _read_contact(row: RowReader) -> ContactRow | None:
    name, key = row.name("name", PERSON_MAX, "missing_name")
    email = row.text("email", MEDIUM)
    if email and "@" not in email.strip("@"):
        row.refuse("bad_email", "email")
    contact = ContactRow(
        line=row.line,
        customer=row.customer(),
        name=name,
        name_key=key[:PERSON_MAX],
        phone=row.phone(PHONE_MAX),
        email=email,
        job_title=row.text("job_title", PERSON_MAX),
        decides=row.read("decides", values.read_yes_no),
        role=row.choice("role", choices.CONTACT_ROLES),
        birthday=row.birthday("birthday"),
        notes=row.text("notes", NOTES_MAX),
        created_at=row.instant("created"),
        extra=row.extra(*(("phone",) if row.cell("mobile") is not None else ())),
    )
    return None if row.faults else contact


def _read_opportunity(row: RowReader) -> OpportunityRow | None:
    name, _ = row.name("name", MEDIUM, "missing_name")
    currency = row.frame.currency
    if row.read("currency", lambda cell: values.read_currency(cell, currency)) not in (currency, None):
        row.refuse("other_currency", "currency", currency=currency)
    stage = row.choice("stage", choices.DEAL_STAGES)
    opportunity = OpportunityRow(
        line=row.line,
        customer=row.customer(),
        name=name,
        amount_minor=row.minor("amount", currency),
        stage=stage,
        expected_on=row.day("expected"),
        competitor=row.text("competitor", MEDIUM),
        reason=row.text("reason", REASON_MAX),
        owner=row.text("owner", PERSON_MAX),
        created_at=row.instant("created"),
        extra=row.extra(*(("stage",) if stage is None else ())),
    )
    return None if row.faults else opportunity


def _read_touch(row: RowReader) -> TouchRow | None:
    customer = row.customer()
    at = row.instant("at")
    if at is None and row.cell("at") is None:
        row.refuse("missing_date", "at")
    touch_kind = row.choice("way", choices.TOUCH_KINDS) or values.DEFAULT_TOUCH
    note, owner, next_on = row.text("note", NOTES_MAX), row.text("owner", PERSON_MAX), row.day("next_contact")
    if at is None and not row.faults:  # a cell that holds nothing but quotes or spaces
        row.refuse("missing_date", "at")
    if row.faults or at is None:
        return None
    return TouchRow(
        line=row.line, customer=customer, at=at, kind=touch_kind, note=note, owner=owner, next_contact_on=next_on
    )


_READERS: Mapping[Kind, Callable[[RowReader], ImportRow | None]] = {
    Kind.PRODUCTS: _read_product,
    Kind.CUSTOMERS: _read_customer,
    Kind.LOCATIONS: _read_location,
    Kind.CONTACTS: _read_contact,
    Kind.OPPORTUNITIES: _read_opportunity,
    Kind.TOUCHES: _read_touch,
}
