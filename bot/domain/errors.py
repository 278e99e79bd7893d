"""The two faults that people meet: a refusal has words of its own, an outage is tried again."""

from functools import partial
from typing import Any


class Refused(Exception):
    """A business rule says no. ``code`` names the text that the reader sees; ``params`` fill it."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __reduce__(self) -> Any:
        """A plan may be refused in the process that computes it."""
        return partial(Refused, self.code, **self.params), (), self.__dict__


class Unavailable(Exception):
    """Something outside did not answer; the same call may succeed later."""
