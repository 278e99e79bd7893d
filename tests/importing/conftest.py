"""An empty team of each sample territory, and the sample files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

import bot.demo
from bot.domain.vocabulary import Language
from bot.services.importing import ImportPlan, Kind, SourceFile, apply, read_files
from bot.store.tables import Team
from bot.store.unit import Store

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DATA = Path(bot.demo.__file__).parent / "data"
HANGZHOU = (
    "wukong11_customers_hangzhou.xlsx",
    "hangzhou_locations.csv",
    "wukong11_contacts_hangzhou.xlsx",
    "wukong11_contracts_hangzhou.xlsx",
)
SINGAPORE = ("singapore_customers.csv", "singapore_contacts.csv", "singapore_orders.csv")


def sample(*names: str) -> list[SourceFile]:
    return [SourceFile(name=name, content=(DATA / name).read_bytes()) for name in names]


def csv_file(text: str, name: str = "list.csv", encoding: str = "utf-8") -> SourceFile:
    return SourceFile(name=name, content=text.encode(encoding))


async def make_team(store: Store, name: str, currency: str, timezone: str, language: Language = Language.EN) -> int:
    team = Team(
        name=name,
        timezone=timezone,
        language=language,
        currency=currency,
        country="CN" if currency == "CNY" else "SG",
        created_at=NOW,
    )
    async with store.begin() as session:
        session.add(team)
    assert team.id is not None
    return team.id


async def take(
    store: Store, team_id: int, *sources: SourceFile, good_rows: bool = False, kind: Kind | None = None
) -> ImportPlan:
    reading = await read_files(store, team_id, sources, kind)
    return await apply(store, team_id, reading, now=NOW, good_rows=good_rows)


@pytest.fixture
async def singapore(store: Store) -> int:
    """The id of an empty team in Singapore."""
    return await make_team(store, "North", "SGD", "Asia/Singapore")


@pytest.fixture
async def hangzhou(store: Store) -> int:
    """The id of an empty team in Hangzhou."""
    return await make_team(store, "杭州", "CNY", "Asia/Shanghai", Language.ZH_HANS)
