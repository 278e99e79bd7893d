"""The two faults that people meet: a refusal has words of its own, an outage is tried again."""


class Refused(Exception):
    """A business rule says no. ``code`` names the text that the reader sees; ``params`` fill it."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class Unavailable(Exception):
    """Something outside did not answer; the same call may succeed later."""
