"""Customers and what is known of them: contacts, products, orders, opportunities, share estimates, complaints."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.vocabulary import ContactRole, DealStage, Grade, GradeSource, RelationshipStage
from bot.store.tables.base import Row, identity_in_team, instant, maybe_instant, only_where, same_team
from bot.store.types import EnumValue, JsonType


def _json() -> Any:
    return Field(default_factory=dict, sa_column=Column(JsonType, nullable=False))


class Customer(Row, table=True):
    """An organisation at one address. ``name_key`` and ``address_key`` are what an import matches by."""

    __tablename__ = "customers"
    __table_args__ = (
        identity_in_team(),
        UniqueConstraint("team_id", "name_key", "address_key"),
        same_team("owner_id", "members"),
        Index("ix_customers_team_owner", "team_id", "owner_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="teams.id")
    owner_id: int | None = None
    name: str = Field(max_length=200)
    address: str = Field(default="", max_length=500)
    name_key: str = Field(max_length=200)
    address_key: str = Field(default="", max_length=500)
    search_text: str = Field(default="", max_length=2000)  # name, pinyin and initials, for /customers
    phone: str = Field(default="", max_length=60)
    industry: str = Field(default="", max_length=80)
    channel: str = Field(default="", max_length=80)
    size: str = Field(default="", max_length=80)
    region: str = Field(default="", max_length=120)
    source: str = Field(default="", max_length=80)
    tags: list[str] = Field(default_factory=list, sa_column=Column(JsonType, nullable=False))
    lat: float | None = None
    lng: float | None = None
    grade: Grade | None = Field(default=None, sa_type=EnumValue(Grade))
    grade_source: GradeSource | None = Field(default=None, sa_type=EnumValue(GradeSource))
    key_account: bool = False
    stage: RelationshipStage | None = Field(default=None, sa_type=EnumValue(RelationshipStage))
    visits_per_week: float | None = None  # None: by grade
    opening: dict[str, Any] = Field(  # see bot/domain/opening_hours.py; empty: any time
        default_factory=dict, sa_column=Column(JsonType, nullable=False, server_default="{}")
    )
    notes: str = Field(default="", max_length=4000)
    extra: dict[str, Any] = _json()  # columns of an import that the product has no place for
    created_at: datetime = instant()
    ended_at: datetime | None = maybe_instant()
    ended_reason: str = Field(default="", max_length=500)
    merged_into_id: int | None = None  # the customer that this one turned out to be


class Contact(Row, table=True):
    """A person at a customer."""

    __tablename__ = "contacts"
    __table_args__ = (
        identity_in_team(),
        UniqueConstraint("team_id", "customer_id", "name_key", "phone"),
        same_team("customer_id", "customers", ondelete="CASCADE"),
        Index("ix_contacts_customer", "customer_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    name: str = Field(max_length=120)
    name_key: str = Field(max_length=120)
    role: ContactRole | None = Field(default=None, sa_type=EnumValue(ContactRole))
    job_title: str = Field(default="", max_length=120)
    phone: str = Field(default="", max_length=60)
    email: str = Field(default="", max_length=200)
    decides: bool | None = None
    influence: int | None = None  # 0-5
    attitude: int | None = None  # -2 … +2
    closeness: int | None = None  # 0-4
    last_met_on: date | None = None
    birthday: date | None = None
    notes: str = Field(default="", max_length=4000)
    extra: dict[str, Any] = _json()
    created_at: datetime = instant()


class Product(Row, table=True):
    __tablename__ = "products"
    __table_args__ = (identity_in_team(), UniqueConstraint("team_id", "code"))

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="teams.id")
    code: str = Field(max_length=80)
    name: str = Field(max_length=200)
    category: str = Field(default="", max_length=80)
    unit: str = Field(default="", max_length=40)
    price_minor: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    description: str = Field(default="", max_length=2000)


class Order(Row, table=True):
    """What a customer bought. ``amount_minor`` is in the currency's minor unit; a return is negative."""

    __tablename__ = "orders"
    __table_args__ = (
        identity_in_team(),
        UniqueConstraint("team_id", "number"),
        same_team("customer_id", "customers", ondelete="CASCADE"),
        Index("ix_orders_customer_day", "customer_id", "ordered_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    number: str = Field(max_length=80)
    ordered_on: date
    amount_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    currency: str = Field(max_length=3)
    title: str = Field(default="", max_length=200)
    extra: dict[str, Any] = _json()


class OrderLine(Row, table=True):
    __tablename__ = "order_lines"
    __table_args__ = (
        same_team("order_id", "orders", ondelete="CASCADE"),
        same_team("product_id", "products"),
        UniqueConstraint("order_id", "product_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    order_id: int
    product_id: int
    quantity: str = Field(max_length=40)  # a decimal, exact on every engine
    amount_minor: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))


class Opportunity(Row, table=True):
    """A deal in the funnel."""

    __tablename__ = "opportunities"
    __table_args__ = (
        identity_in_team(),
        UniqueConstraint("team_id", "customer_id", "name"),
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("owner_id", "members"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    owner_id: int | None = None
    name: str = Field(max_length=200)
    stage: DealStage = Field(sa_type=EnumValue(DealStage))
    stage_since: datetime = instant()
    amount_minor: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    expected_on: date | None = None
    competitor: str = Field(default="", max_length=200)
    reason: str = Field(default="", max_length=500)
    extra: dict[str, Any] = _json()
    created_at: datetime = instant()


class ShareEstimate(Row, table=True):
    """Our share of a customer's purchases in our category, as a dated range, since a rep rarely knows it exactly."""

    __tablename__ = "share_estimates"
    __table_args__ = (same_team("customer_id", "customers", ondelete="CASCADE"), same_team("report_id", "reports"))

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int = Field(index=True)
    report_id: int | None = None
    low_percent: int | None = None
    high_percent: int | None = None
    suppliers: str = Field(default="", max_length=1000)
    at: datetime = instant()


class Complaint(Row, table=True):
    """Solved when we say so, closed only when the customer confirms."""

    __tablename__ = "complaints"
    __table_args__ = (
        identity_in_team(),
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("report_id", "reports"),
        same_team("owner_id", "members"),
        Index("ix_complaints_open", "team_id", "owner_id", **only_where("closed_at IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int = Field(index=True)
    owner_id: int | None = None
    report_id: int | None = None
    text: str = Field(max_length=1000)
    opened_at: datetime = instant()
    due_at: datetime | None = maybe_instant()
    solved_at: datetime | None = maybe_instant()
    closed_at: datetime | None = maybe_instant()
    confirmed_by: str = Field(default="", max_length=120)
