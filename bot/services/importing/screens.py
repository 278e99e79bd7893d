"""The screens of an import in chat: what was found, how far it is, what was taken."""

from collections import Counter

from bot.domain.screen import Json, Place, Screen
from bot.services.importing.plan import ImportPlan, TablePlan
from bot.services.importing.progress import Step
from bot.services.importing.rows import Fault

REASONS_SHOWN = 4
TABLES_SHOWN = 4
NAMES_SHOWN = 5


def preview_screen(plan: ImportPlan, upload_id: int) -> Screen:
    """What was found, with the question what to do with it."""
    fresh = sum(table.new + table.changed for table in plan.tables)
    facts: dict[str, Json] = {**_facts(plan), "upload_id": upload_id, "fresh": fresh, "good": plan.good}
    return Screen(template="replies/import_preview", facts=facts, living=living(upload_id))


def progress_screen(file: str, step: Step, upload_id: int) -> Screen:
    """How far it is; edits the message of the preview."""
    facts: dict[str, Json] = {"file": file, "stage": step.stage.value, "done": step.done, "total": step.total}
    return Screen(template="replies/import_progress", facts=facts, living=living(upload_id))


def done_screen(plan: ImportPlan, upload_id: int, error_media_id: int | None = None) -> Screen:
    """What was taken; with the error file as a document when rows were left."""
    document = None if error_media_id is None else str(error_media_id)
    return Screen(
        template="replies/import_done",
        facts=_facts(plan),
        living=living(upload_id),
        place=Place.BELOW if document else Place.EDIT,
        document=document,
    )


def cancelled_screen(file: str, upload_id: int) -> Screen:
    return Screen(template="replies/import_cancelled", facts={"file": file}, living=living(upload_id))


def living(upload_id: int) -> str:
    """The name of the one message of an upload."""
    return f"import:{upload_id}"


def _facts(plan: ImportPlan) -> dict[str, Json]:
    names = [name for table in plan.tables for name in table.members_added]
    bad = sum(len(table.bad) for table in plan.tables)
    return {
        "file": plan.tables[0].file,
        "product": plan.tables[0].product.value if plan.tables[0].product else "plain",
        "tables": [_table_facts(table) for table in plan.tables[:TABLES_SHOWN]],
        "more_tables": max(0, len(plan.tables) - TABLES_SHOWN),
        "members_added": list(names[:NAMES_SHOWN]),
        "more_members": max(0, len(names) - NAMES_SHOWN),
        "bad": bad,
        "reasons": _reasons(plan),
    }


def _table_facts(table: TablePlan) -> Json:
    return {
        "kind": table.kind.value if table.kind else "",
        "state": table.state.value,
        "rows": table.rows,
        "new": table.new,
        "changed": table.changed,
        "unchanged": table.unchanged,
        "left_out": table.left_out,
        "samples": list(table.samples),
    }


def _reasons(plan: ImportPlan) -> list[Json]:
    """The commonest reasons, each with the first row that has it."""
    counts: Counter[str] = Counter()
    first: dict[str, tuple[int, Fault]] = {}
    for table in plan.tables:
        for row in table.bad:
            for fault in row.faults:
                counts[fault.code] += 1
                first.setdefault(fault.code, (row.line, fault))
    return [
        {
            "code": code,
            "count": count,
            "line": first[code][0],
            "header": first[code][1].header,
            "value": first[code][1].value,
            "params": dict(first[code][1].params),
        }
        for code, count in counts.most_common(REASONS_SHOWN)
    ]
