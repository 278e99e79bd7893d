"""The planner on public instances, on days and months like a rep's, and beside rivals.

`python -m benchmarks.planning --instances DIR [--problem optw|pvrp] [--vehicles M] [--budgets 2,10,30] [--seeds 5]
[--rivals] [--json] [--bks FILE.csv] [--clock wall|cpu]`. One thread. Without --problem the realistic days and months
run too. On a shared machine `--clock cpu` gives our planner its budget in seconds of its own thread; rivals always
count on the wall.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from benchmarks import real_days
from benchmarks.reading import BKS_FILE, OPTW, PVRP, BenchInstance, NotAnInstanceError, find_instances, read_bks
from benchmarks.rivals import available_rivals
from benchmarks.solving import solve
from bot.domain.planning.warming import warm_up, warm_up_period

OURS = "roundsman"
WALL = "wall"
CLOCKS = {WALL: time.perf_counter, "cpu": time.thread_time}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One run. ``gap_percent`` is positive where the best known value is better; None without one."""

    problem: str
    instance: str
    vehicles: int
    budget_s: float
    seed: int
    value: float | None
    bks: float | None
    gap_percent: float | None
    seconds: float
    solver: str = OURS


def main(arguments: Sequence[str] | None = None) -> int:
    options = _read_arguments(arguments)
    try:
        instances = find_instances(options.instances, options.problem)
        known = read_bks([BKS_FILE, *options.bks])
    except (NotAnInstanceError, OSError, KeyError, ValueError) as error:
        print(f"benchmarks.planning: {error}", file=sys.stderr)  # noqa: T201 # a command line's answer
        return 2
    if not instances and options.problem:
        print(f"benchmarks.planning: no {options.problem} instances in {options.instances}", file=sys.stderr)  # noqa: T201 # a command line's answer
        return 2
    warm_up()
    warm_up_period()
    rows = []
    if not options.json:
        _say(HEADER)
    for row in _run(instances, options, known):
        rows.append(row)
        if not options.json:
            _say(describe_row(row))
    real = _measure_real(options) if options.problem is None else []
    if options.json:
        report = {
            "rows": [asdict(row) for row in rows],
            "means": summarise(rows),
            "real": [asdict(each) for each in real],
        }
        _say(json.dumps(report, indent=1))
    else:
        _say("\n".join(["", *describe_means(summarise(rows))]))
        if real:
            _say("\n" + real_days.describe(real))
    return 0


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.planning", description="The planner on public instances.")
    parser.add_argument("--instances", type=Path, required=True, help="folder of instances, searched with its folders")
    parser.add_argument("--problem", choices=[OPTW, PVRP], help="only this problem, and no realistic days")
    parser.add_argument("--vehicles", type=int, default=1, metavar="M", help="routes of the day problem (default 1)")
    parser.add_argument("--budgets", type=_numbers, default=[2.0], metavar="S,S", help="seconds a run (default 2)")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="runs of each, with seeds 1 to N (default 1)")
    parser.add_argument("--rivals", action="store_true", help="PyVRP, OR-Tools and VROOM too, where they can")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    parser.add_argument("--bks", type=Path, action="append", default=[], metavar="FILE.csv", help="instance,m,bks")
    parser.add_argument("--clock", choices=CLOCKS, default=WALL, help="what our seconds are (default wall)")
    options = parser.parse_args(arguments)
    if not options.instances.is_dir():
        parser.error(f"{options.instances} is not a folder")
    if options.vehicles < 1 or options.seeds < 1:
        parser.error("--vehicles and --seeds are 1 or more")
    return options


def _numbers(text: str) -> list[float]:
    numbers = [float(part) for part in text.split(",")]
    if not numbers or min(numbers) <= 0:
        raise argparse.ArgumentTypeError("budgets are seconds above 0, separated by commas")
    return numbers


def _run(
    instances: Sequence[BenchInstance], options: argparse.Namespace, known: dict[tuple[str, str, int], float]
) -> Iterator[Row]:
    for instance in instances:
        vehicles = options.vehicles if instance.problem == OPTW else instance.vehicles
        bks = known.get((instance.problem, instance.name, vehicles))
        for budget_s in options.budgets:
            for seed in range(1, options.seeds + 1):
                solvers: dict[str, Callable[..., float | None]] = {OURS: partial(solve, clock=CLOCKS[options.clock])}
                if options.rivals:
                    solvers |= available_rivals(instance)
                for name, run in solvers.items():
                    clock = CLOCKS[options.clock if name == OURS else WALL]
                    began = clock()
                    value = run(instance, vehicles=vehicles, budget_s=budget_s, seed=seed)
                    seconds = clock() - began
                    yield Row(
                        problem=instance.problem,
                        instance=instance.name,
                        vehicles=vehicles,
                        budget_s=budget_s,
                        seed=seed,
                        value=None if value is None else round(value, 2),
                        bks=bks,
                        gap_percent=_gap(instance.problem, value, bks),
                        seconds=round(seconds, 2),
                        solver=name,
                    )


def _gap(problem: str, value: float | None, bks: float | None) -> float | None:
    if value is None or not bks:
        return None
    worse_by = bks - value if problem == OPTW else value - bks
    return round(100 * worse_by / bks, 3) + 0.0  # no minus zero


def _measure_real(options: argparse.Namespace) -> list[real_days.RealResult]:
    return [
        *real_days.measure_days(seeds=options.seeds),
        *real_days.measure_months(options.budgets),
        *real_days.measure_growth(),
        real_days.measure_first_start(),
    ]


HEADER = (
    f"{'problem':<8}{'instance':<10}{'vehicles':>8}{'budget_s':>9}{'seed':>5}{'value':>11}{'bks':>10}"
    f"{'gap_percent':>12}{'seconds':>9}  solver"
)


def describe_row(row: Row) -> str:
    value, bks, gap = (
        "-" if number is None else format(number, shape)
        for number, shape in ((row.value, ".2f"), (row.bks, "g"), (row.gap_percent, ".3f"))
    )
    return (
        f"{row.problem:<8}{row.instance:<10}{row.vehicles:>8}{row.budget_s:>9g}{row.seed:>5}{value:>11}{bks:>10}"
        f"{gap:>12}{row.seconds:>9.2f}  {row.solver}"
    )


def summarise(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Mean and worst gap by solver, problem, vehicles (of the day problem) and budget; runs without an answer count."""

    def kind(row: Row) -> tuple[str, str, int, float]:
        return row.solver, row.problem, row.vehicles if row.problem == OPTW else 0, row.budget_s

    means: list[dict[str, object]] = []
    for (solver, problem, vehicles, budget_s), group in groupby(sorted(rows, key=kind), key=kind):
        members = list(group)
        by_instance: dict[str, list[float]] = {}
        for row in members:
            if row.gap_percent is not None:
                by_instance.setdefault(row.instance, []).append(row.gap_percent)
        gaps = [gap for instance in by_instance.values() for gap in instance]
        means.append(
            {
                "solver": solver,
                "problem": problem,
                "vehicles": vehicles or None,
                "budget_s": budget_s,
                "instances": len(by_instance),
                "runs": len(members),
                "unsolved": sum(row.value is None for row in members),
                "mean_gap_percent": round(statistics.mean(gaps), 3) if gaps else None,
                "worst_instance_gap_percent": (
                    round(max(statistics.mean(gaps) for gaps in by_instance.values()), 3) if gaps else None
                ),
            }
        )
    return means


def describe_means(means: Sequence[dict[str, object]]) -> list[str]:
    return ["Mean gap in percent", *("  ".join(f"{key}={value}" for key, value in mean.items()) for mean in means)]


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 # a command line's answer


if __name__ == "__main__":
    sys.exit(main())
