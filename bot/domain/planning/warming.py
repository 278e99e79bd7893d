"""Getting the compiled search ready. Until it is, the plain search answers."""

import importlib
import sys
from typing import Any


def is_warm() -> bool:
    """True once the compiled search can answer without compiling first."""
    return _is_compiled("bot.domain.planning.splicing", "splice")


def is_period_warm() -> bool:
    """The same for the search of periods."""
    return _is_compiled("bot.domain.planning.period_search", "anneal")


def _is_compiled(name: str, function: str) -> bool:
    module: Any = sys.modules.get(name)
    return module is not None and bool(getattr(getattr(module, function), "signatures", ()))


def warm_up_period() -> None:
    """The same for the period search, which is a module of its own: most starts never need it at once."""
    importlib.import_module("bot.domain.planning.period_annealing").rehearse()


def warm_up() -> None:
    """Compiles the search, or loads it from numba's cache: half a minute at most, then a second. For a thread.

    NUMBA_CACHE_DIR must be set before. It plans a small day, so that everything that a plan needs is compiled.
    """
    importlib.import_module("bot.domain.planning.annealing").rehearse()
