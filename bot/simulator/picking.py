"""Finding on a screen what a person means by a label."""

from collections.abc import Sequence
from typing import TypeVar

Found = TypeVar("Found")


class NotOnScreen(AssertionError):
    """A person wanted to do what the screen does not offer; the message lists what it does offer."""


def pick(label: str, offered: Sequence[tuple[str, Found]], where: str) -> Found:
    """The thing with that label, else the only one whose label begins so. Raises ``NotOnScreen``."""
    exact = [thing for name, thing in offered if name == label]
    if exact:
        return exact[0]
    begun = [(name, thing) for name, thing in offered if name.startswith(label)]
    if len(begun) == 1:
        return begun[0][1]
    names = [name for name, _ in offered]
    why = f"{len(begun)} labels begin so" if begun else "nothing has that label"
    raise NotOnScreen(f"no {label!r} in {where}: {why}; visible: {names}")
