"""How far an import is, for a progress bar and for a chat message that is edited as it goes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    CHECKING = "checking"
    SAVING = "saving"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far an import is: rows checked, or saved, of all its rows."""

    stage: Stage
    done: int
    total: int


OnStep = Callable[[Step], Awaitable[None]]
OnRows = Callable[[int, int], None]


class Progress:
    """Counts rows over all tables, and tells whoever listens."""

    def __init__(self, total: int, on_step: OnStep | None, on_rows: OnRows | None = None) -> None:
        self.total = total
        self.finished = 0
        self.on_step = on_step
        self.on_rows = on_rows

    async def checked(self, rows: int) -> None:
        await self._step(Stage.CHECKING, rows)

    async def saving(self) -> None:
        await self._step(Stage.SAVING, 0)

    async def saved(self, rows: int) -> None:
        if self.on_rows:
            self.on_rows(self.finished + rows, self.total)

    def finish(self, rows: int) -> None:
        """Count a table as finished, also one that had nothing to save."""
        self.finished += rows
        if self.on_rows:
            self.on_rows(self.finished, self.total)

    async def _step(self, stage: Stage, rows: int) -> None:
        if self.on_step:
            await self.on_step(Step(stage=stage, done=self.finished + rows, total=self.total))
