"""How functions are compiled: with a cache on disk where there is a place for it, without one elsewhere."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit
from numba.core import cgutils
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compiles ``function`` at its first call; it then runs without the interpreter's lock.

    A compiled function is cached by its own file's date alone: after a change in one of these modules while another
    calls it, delete the cache (``__pycache__``, or the folder that NUMBA_CACHE_DIR names).
    """
    try:
        return cast(F, njit(cache=True, nogil=True)(function))
    except RuntimeError:  # numba finds no writable folder: neither NUMBA_CACHE_DIR, nor beside the file, nor a home
        return cast(F, njit(nogil=True)(function))


def inlined(function: F) -> F:
    """Compiles ``function`` into each of its callers: passing a dozen arrays costs more than a small function does."""
    return cast(F, njit(inline="always")(function))


def _uncounted(_context: Any, array: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        view.meminfo = cgutils.get_null_value(view.meminfo.type)
        view.parent = cgutils.get_null_value(view.parent.type)
        return view._getvalue()

    return array(array), build


uncounted = intrinsic(_uncounted)
"""An array that compiled code passes on without counting references, which took a quarter of a search's time: those
counts are atomic. Only for what a compiled function was given, and only while it runs: its caller keeps the memory."""
