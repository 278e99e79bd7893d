"""Customer files in: read, recognised, checked row by row, matched with what the team has, and taken."""

from bot.services.importing.columns import Kind
from bot.services.importing.plan import ImportPlan, TablePlan, TableState
from bot.services.importing.progress import OnRows, OnStep, Stage, Step
from bot.services.importing.running import analyse, apply
from bot.services.importing.source_files import Reading, SourceFile, read_files

__all__ = [
    "ImportPlan",
    "Kind",
    "OnRows",
    "OnStep",
    "Reading",
    "SourceFile",
    "Stage",
    "Step",
    "TablePlan",
    "TableState",
    "analyse",
    "apply",
    "read_files",
]
