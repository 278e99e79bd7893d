"""Reads public instances of orienteering with time windows and of periodic routing, and their best known values."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

OPTW, PVRP = "optw", "pvrp"
BKS_FILE = Path(__file__).parent / "instances" / "bks.csv"
_NO_INSTANCES = {".csv", ".json", ".md", ".py"}
_PVRP_TYPE = "1"
_PVRP_TYPE_LINE = 4
_DAY_LINE = 2
_BEFORE_PATTERNS = 7


class NotAnInstanceError(ValueError):
    """A file that is in neither of the two formats; the message says what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A depot or a customer. ``profit`` is the demand in periodic routing; ``patterns`` have bit d for day d."""

    x: float
    y: float
    service: float
    profit: float
    opens: float = 0.0
    closes: float = float("inf")
    patterns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchInstance:
    """``decimals`` is where distances are floored (None: not at all). ``limits`` are (duration, capacity) a day."""

    problem: str
    name: str
    depot: Point
    customers: tuple[Point, ...]
    vehicles: int = 1
    decimals: int | None = None
    limits: tuple[tuple[float, float], ...] = ()


def find_instances(folder: Path, problem: str | None) -> list[BenchInstance]:
    """Every instance under ``folder`` (of one ``problem``, if given), by problem and name."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in _NO_INSTANCES and not path.name.startswith("."):
            instance = read_instance(path)
            if problem in (None, instance.problem):
                found.append(instance)
    return sorted(found, key=lambda instance: (instance.problem, instance.name))


def read_instance(path: Path) -> BenchInstance:
    """Raises NotAnInstanceError."""
    rows = [line.split() for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    try:
        if _is_pvrp(rows):
            return _read_pvrp(path.stem, rows)
        return _read_optw(path.stem, rows)
    except (IndexError, ValueError) as error:
        raise NotAnInstanceError(f"{path}: not an instance ({error})") from error


def _is_pvrp(rows: list[list[str]]) -> bool:
    """The lines after the first one tell: a line of two numbers for each day that it names, then points.

    A day problem may begin so too, but the lines of its points do not end with their patterns: opening hours follow.
    """
    head = rows[0]
    if len(head) != _PVRP_TYPE_LINE or head[0] != _PVRP_TYPE or not all(text.isdecimal() for text in head):
        return False
    after = 1 + int(head[3])
    points = rows[after:]
    return (
        after > 1
        and all(len(row) == _DAY_LINE for row in rows[1:after])
        and len(points) > int(head[2])
        and all(len(row) == _BEFORE_PATTERNS + int(row[6]) for row in points[1:])
    )


def _read_optw(name: str, rows: list[list[str]]) -> BenchInstance:
    points: list[Point] = []
    texts: list[str] = []
    for row in rows:
        if len(row) >= 9 and row[0] == str(len(points)):
            x, y, service, profit = (float(number) for number in row[1:5])
            points.append(Point(x=x, y=y, service=service, profit=profit, opens=float(row[-2]), closes=float(row[-1])))
            texts += row[1:3]
    if len(points) < 2:
        raise ValueError("no customers")
    fine = any(len(text.partition(".")[2]) > 2 for text in texts)
    return BenchInstance(
        problem=OPTW, name=name, depot=points[0], customers=tuple(points[1:]), decimals=2 if fine else 1
    )


def _read_pvrp(name: str, rows: list[list[str]]) -> BenchInstance:
    _, vehicles, _, days = (int(number) for number in rows[0])
    limits = tuple((float(row[0]), float(row[1])) for row in rows[1 : 1 + days])
    depot, *customers = (_read_pvrp_point(row, days) for row in rows[1 + days :])
    return BenchInstance(
        problem=PVRP,
        name=name,
        depot=depot,
        customers=tuple(customer for customer in customers if customer.patterns),
        vehicles=vehicles,
        limits=limits,
    )


def _read_pvrp_point(row: list[str], days: int) -> Point:
    x, y, service, demand = (float(number) for number in row[1:5])
    masks = [int(text) for text in row[7 : 7 + int(row[6])]] if len(row) > 6 and int(row[5]) > 0 else []
    patterns = tuple(sum(1 << day for day in range(days) if mask >> (days - 1 - day) & 1) for mask in masks)
    return Point(x=x, y=y, service=service, profit=demand, patterns=patterns)


def read_bks(files: Iterable[Path]) -> dict[tuple[str, str, int], float]:
    """Best known values by problem, instance and vehicles; later files win. A row without a problem counts for both."""
    known: dict[tuple[str, str, int], float] = {}
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for problem in [row["problem"]] if row.get("problem") else [OPTW, PVRP]:
                    known[problem, row["instance"], int(row["m"])] = float(row["bks"])
    return known
