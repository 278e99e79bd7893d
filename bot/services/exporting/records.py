"""What else is kept of customers, answer by answer: reports, preparations, shares, openings. For reading only."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.services.exporting.snapshot import Snapshot
from bot.services.importing.columns import COLUMNS, Column, Kind
from bot.services.spreadsheet import Value

MEMBER = Column(en="Member", zh_hans="成员", zh_hant="成員")
CUSTOMER = COLUMNS[Kind.CONTACTS]["customer"]
CUSTOMER_ADDRESS = COLUMNS[Kind.CONTACTS]["address"]
RECORD_COLUMNS = (
    Column(en="Record", zh_hans="记录类型", zh_hant="紀錄類型"),
    Column(en="Record no", zh_hans="记录编号", zh_hant="紀錄編號"),
    CUSTOMER,
    CUSTOMER_ADDRESS,
    MEMBER,
    Column(en="What", zh_hans="项目", zh_hant="項目"),
    Column(en="Value", zh_hans="内容", zh_hant="內容"),
)
_IDENTITIES = "id team_id customer_id member_id visit_id report_id touch_id key"
NOT_SAID = frozenset([*_IDENTITIES.split(), "before", "form_version", "counts_from"])


def record_rows(
    data: Snapshot, mention: Callable[[int], tuple[str, str]], members: Mapping[int | None, str]
) -> Iterable[list[Value]]:
    """One row an answer: a report's questions, an objection's result, a share's range."""
    of_visit = {visit.id: visit.customer_id for visit in data.visits}
    for name, row in data.records:
        values = row.model_dump(mode="json")
        customer_id = values.get("customer_id") or of_visit[values["visit_id"]]
        who = [*mention(customer_id), members.get(values.get("member_id"))]
        answers = values.pop("answers", {}).get("answers", {})
        said = {key: value for key, value in values.items() if key not in NOT_SAID}
        said |= {key: answer["value"] for key, answer in answers.items() if "value" in answer}
        for key, value in said.items():
            if value not in (None, "", [], {}):
                yield [name, values.get("id"), *who, key, _words(value)]


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
