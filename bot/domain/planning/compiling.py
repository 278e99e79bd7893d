"""How functions are compiled: with a cache on disk where there is a place for it, without one elsewhere."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

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
