"""What a team knows beside its customers' rows: who introduced whom, and its own playbook. For reading only."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from bot.services.exporting.records import CUSTOMER, CUSTOMER_ADDRESS, MEMBER
from bot.services.exporting.snapshot import Snapshot
from bot.services.importing.columns import Column
from bot.services.spreadsheet import Value

INTRODUCTION_COLUMNS = (
    CUSTOMER,
    CUSTOMER_ADDRESS,
    MEMBER,
    Column(en="Introduced", zh_hans="介绍了谁", zh_hant="介紹了誰"),
    Column(en="Is a customer", zh_hans="已是客户", zh_hant="已是客戶"),
    Column(en="Introduced at", zh_hans="介绍时间", zh_hant="介紹時間"),
)
PLAYBOOK_COLUMNS = (
    Column(en="Playbook section", zh_hans="话术章节", zh_hant="話術章節"),
    Column(en="Playbook topic", zh_hans="话术主题", zh_hant="話術主題"),
    Column(en="Shipped entry", zh_hans="原有条目", zh_hant="原有條目"),
    Column(en="Playbook words", zh_hans="话术", zh_hant="話術"),
    Column(en="Playbook fact", zh_hans="依据", zh_hant="依據"),
    Column(en="Playbook state", zh_hans="话术状态", zh_hant="話術狀態"),
    MEMBER,
    Column(en="Playbook decided by", zh_hans="采纳人", zh_hant="採納人"),
    Column(en="Playbook changed at", zh_hans="修改时间", zh_hant="修改時間"),
)

Members = Mapping[int | None, str]
Wall = Callable[[datetime | None], datetime | None]


def introduction_rows(
    data: Snapshot, mention: Callable[[int], tuple[str, str]], members: Members, wall: Wall
) -> Iterable[list[Value]]:
    """Who introduced whom, by the customer that did."""
    for row in data.introductions:
        is_customer = "no" if row.customer_id is None else "yes"
        yield [*mention(row.by_customer_id), members.get(row.member_id), row.name, is_customer, wall(row.at)]


def playbook_rows(data: Snapshot, members: Members, wall: Wall) -> Iterable[list[Value]]:
    """The team's own entries, and its word on shipped ones: empty words are the shipped ones."""
    for row in data.playbook:
        yield [
            row.section,
            row.slot,
            row.shipped_key,
            row.text,
            row.fact,
            row.state.value,
            members.get(row.author_id),
            members.get(row.decided_by_id),
            wall(row.changed_at),
        ]
