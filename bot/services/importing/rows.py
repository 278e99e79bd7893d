"""What one row of each kind of table says, read and checked, before it is matched with what the team has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from bot.domain.opening_hours import OpeningHours
from bot.domain.vocabulary import ContactRole, DealStage, Grade, RelationshipStage, TouchKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a row is refused: a reason's code, the header and the value it is about, and what fills the reason's text."""

    code: str
    header: str = ""
    value: str = ""
    params: Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMention:
    """A customer as another table names it. ``address_key`` is empty when the table does not tell the address."""

    name: str
    name_key: str
    address_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    line: int
    code: str
    name: str
    category: str
    unit: str
    price_minor: int | None
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRow:
    line: int
    name: str
    name_key: str
    search_text: str
    address: str
    address_key: str
    region: str
    phone: str
    contact_name: str
    industry: str
    channel: str
    size: str
    source: str
    grade: Grade | None
    owner: str
    tags: tuple[str, ...]
    lat: float | None
    lng: float | None
    key_account: bool | None
    visits_per_week: float | None
    opening: OpeningHours | None
    stage: RelationshipStage | None
    notes: str
    last_touch_at: datetime | None
    next_contact_on: date | None
    created_at: datetime | None
    ended_at: datetime | None
    ended_reason: str
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRow:
    line: int
    customer: CustomerMention
    lat: float
    lng: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    line: int
    customer: CustomerMention
    name: str
    name_key: str
    phone: str
    email: str
    job_title: str
    decides: bool | None
    role: ContactRole | None
    birthday: date | None
    notes: str
    created_at: datetime | None
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityRow:
    line: int
    customer: CustomerMention
    name: str
    amount_minor: int | None
    stage: DealStage | None
    expected_on: date | None
    competitor: str
    reason: str
    owner: str
    created_at: datetime | None
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One product of an order."""

    product: str
    product_code: str
    quantity: Decimal
    amount_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order; with product lines it may span several rows of its table, ``line`` being the first."""

    line: int
    customer: CustomerMention
    number: str
    ordered_on: date
    amount_minor: int | None
    currency: str
    title: str
    lines: tuple[LineRow, ...]
    extra: Mapping[str, str]

    @property
    def total_minor(self) -> int:
        """The order's amount: as given, else the sum of its lines."""
        return sum(line.amount_minor or 0 for line in self.lines) if self.amount_minor is None else self.amount_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchRow:
    line: int
    customer: CustomerMention
    at: datetime
    kind: TouchKind
    note: str
    owner: str
    next_contact_on: date | None


ImportRow: TypeAlias = ProductRow | CustomerRow | LocationRow | ContactRow | OpportunityRow | OrderRow | TouchRow
