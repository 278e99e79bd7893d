"""Introductions as a tree: each introducer with those it brought, chains beneath, and no circle walked twice."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A customer introduced another, or a name that is no customer yet."""

    by: int
    to: int | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    customer_id: int | None
    name: str
    depth: int


def tree(links: Sequence[Link]) -> list[Line]:
    """Lines from the roots down, whoever brought most first. Each customer stands once; a circle begins somewhere."""
    children: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        children[link.by].append(link)
    brought = {link.to for link in links if link.to is not None}
    by_count = sorted(children, key=lambda one: (-len(children[one]), one))
    lines: list[Line] = []
    seen: set[int] = set()
    for root in (*(one for one in by_count if one not in brought), *by_count):
        if root not in seen:
            seen.add(root)
            lines.append(Line(customer_id=root, name="", depth=0))
            lines.extend(_below(root, 1, children, seen))
    return lines


def _below(by: int, depth: int, children: dict[int, list[Link]], seen: set[int]) -> Iterator[Line]:
    for link in children.get(by, ()):
        if link.to is not None and link.to in seen:
            continue
        yield Line(customer_id=link.to, name=link.name, depth=depth)
        if link.to is not None:
            seen.add(link.to)
            yield from _below(link.to, depth + 1, children, seen)
