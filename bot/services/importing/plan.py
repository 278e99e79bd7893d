"""What an import found or did: figures and bad rows of each table, ready for a screen, a terminal or an error file."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.domain.screen import Json
from bot.services.importing.columns import Kind
from bot.services.importing.guessing import Guess
from bot.services.importing.outcomes import Outcome, Verdict
from bot.services.importing.recognising import Product
from bot.services.importing.rows import Fault
from bot.services.importing.tables import BadRow, Table

SAMPLES = 3
FAULTS_IN_JSON = 200


class TableState(StrEnum):
    """READY can be taken; REFUSED has bad rows; WAITING needs rows of a refused table; UNREADABLE could not be opened
    or recognised; NOTHING is well and holds nothing that is taken; DONE is in the store."""

    READY = "ready"
    REFUSED = "refused"
    WAITING = "waiting"
    UNREADABLE = "unreadable"
    NOTHING = "nothing"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePlan:
    """One table of one file. ``rows`` = new + changed + unchanged + bad; ``left_out`` are totals and void orders.

    An unreadable file has a ``problem``, the code of a refusal with its parameters, and no figures.
    """

    file: str
    state: TableState
    sheet: str = ""
    kind: Kind | None = None
    product: Product | None = None
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: int = 0
    bad: tuple[BadRow, ...] = field(default=(), repr=False)
    headers: tuple[str, ...] = field(default=(), repr=False)
    samples: tuple[str, ...] = ()
    members_added: tuple[str, ...] = ()
    kept_columns: tuple[str, ...] = ()
    problem: Fault | None = None
    guess: Guess | None = field(default=None, repr=False)

    @property
    def rows(self) -> int:
        return self.new + self.changed + self.unchanged + len(self.bad)

    @property
    def good(self) -> int:
        return self.new + self.changed + self.unchanged

    def to_json(self) -> dict[str, Json]:
        """Plain data, with the first bad rows."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "state": self.state.value,
            "kind": self.kind.value if self.kind else None,
            "product": self.product.value if self.product else None,
            "rows": self.rows,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "left_out": self.left_out,
            "bad": len(self.bad),
            "samples": list(self.samples),
            "members_added": list(self.members_added),
            "kept_columns": list(self.kept_columns),
            "problem": _fault_json(self.problem) if self.problem else None,
            "columns": _guess_json(self.guess) if self.guess else None,
            "bad_rows": [
                {"line": row.line, "faults": [_fault_json(fault) for fault in row.faults]}
                for row in self.bad[:FAULTS_IN_JSON]
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """The tables of an import in the order in which they are taken."""

    tables: tuple[TablePlan, ...]

    @property
    def has_bad_rows(self) -> bool:
        return any(table.bad for table in self.tables)

    @property
    def good(self) -> int:
        return sum(table.good for table in self.tables)

    @property
    def complete(self) -> bool:
        """Whether nothing stands in the way of taking everything, or everything was taken."""
        good = [table for table in self.tables if table.state is not TableState.NOTHING]
        return bool(good) and all(
            table.state in (TableState.READY, TableState.DONE) and not table.bad and not table.problem for table in good
        )

    def to_json(self) -> dict[str, Json]:
        return {"complete": self.complete, "tables": [table.to_json() for table in self.tables]}


def plan_table(
    table: Table, outcomes: Sequence[Outcome], members_added: Sequence[str], *, good_rows: bool
) -> TablePlan:
    """Sum up what became of a table's rows."""
    refused = [
        BadRow(line=outcome.line, faults=(outcome.fault,), cells=table.cells_by_line.get(outcome.line, ()))
        for outcome in outcomes
        if outcome.fault is not None
    ]
    found = tuple(sorted([*table.bad, *refused], key=lambda row: row.line))
    return TablePlan(
        file=table.file,
        sheet=table.sheet,
        state=TableState.REFUSED if found and not good_rows else TableState.READY,
        kind=table.layout.kind,
        product=table.layout.product,
        new=_count(outcomes, Verdict.NEW),
        changed=_count(outcomes, Verdict.CHANGED),
        unchanged=_count(outcomes, Verdict.UNCHANGED),
        left_out=table.left_out,
        bad=found,
        headers=table.layout.headers,
        samples=tuple(outcome.label for outcome in outcomes if outcome.label)[:SAMPLES],
        members_added=tuple(members_added),
        kept_columns=tuple(table.layout.others.values()),
    )


def in_state(plan: TablePlan, state: TableState) -> TablePlan:
    return replace(plan, state=state)


def _count(outcomes: Sequence[Outcome], verdict: Verdict) -> int:
    return sum(outcome.verdict is verdict for outcome in outcomes)


def _guess_json(guess: Guess) -> dict[str, Json]:
    return {
        "kind": guess.kind.value,
        "headers": list(guess.headers),
        "known": {name: guess.headers[index] for name, index in guess.known.items()},
        "guessed": {name: guess.headers[index] for name, index in guess.guessed.items()},
        "missing": [" or ".join(sorted(group)) for group in guess.missing],
    }


def _fault_json(fault: Fault) -> dict[str, Json]:
    return {"code": fault.code, "header": fault.header, "value": fault.value, **fault.params}
