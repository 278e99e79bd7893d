"""The planner's benchmark: formats read, values checked, rows printed."""

import json
from pathlib import Path

import pytest

from benchmarks.planning import main
from benchmarks.reading import OPTW, PVRP, NotAnInstanceError, find_instances, read_bks, read_instance
from benchmarks.solving import IllegalAnswerError, distance, optw_profit, solve

INSTANCES = Path(__file__).parent.parent / "benchmarks" / "instances"


def test_both_formats_are_told_apart() -> None:
    found = {(instance.problem, instance.name): instance for instance in find_instances(INSTANCES, None)}
    assert len(found) == 16
    solomon, cordeau, periodic = found[OPTW, "c101"], found[OPTW, "pr01"], found[PVRP, "pr01"]
    assert (len(solomon.customers), solomon.decimals, solomon.depot.closes) == (100, 1, 1236)
    assert (len(cordeau.customers), cordeau.decimals) == (48, 2)
    assert (periodic.vehicles, len(periodic.customers), periodic.limits) == (2, 48, ((500.0, 200.0),) * 4)
    assert len(found[PVRP, "p01"].customers) == 51


@pytest.mark.parametrize("head", ["1 100 1 1", "1 2 100 2", "1 4 48 4"])
def test_a_day_problem_whose_first_line_looks_like_that_of_a_period_is_read_as_a_day_problem(
    tmp_path: Path, head: str
) -> None:
    for name in ("c101", "pr01"):
        points = (INSTANCES / "optw" / f"{name}.txt").read_text().splitlines()
        begins = next(number for number, line in enumerate(points) if line.split()[0] == "0")
        for between in ([], ["230 200"]):
            path = tmp_path / f"{name}.txt"
            path.write_text("\n".join([head, *between, *points[begins:]]))
            assert read_instance(path) == read_instance(INSTANCES / "optw" / f"{name}.txt")


def test_patterns_are_read_from_the_most_significant_day_on() -> None:
    first = read_instance(INSTANCES / "pvrp" / "p08.txt").customers[2]
    assert first.patterns == (0b10100, 0b01010, 0b00101)


def test_distances_are_floored_to_the_decimals_of_the_series() -> None:
    solomon = read_instance(INSTANCES / "optw" / "c101.txt")
    assert distance(solomon.depot, solomon.customers[0], solomon.decimals) == 18.6


def test_what_is_no_instance_is_said_by_name(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear customer,")
    with pytest.raises(NotAnInstanceError, match=r"letter\.txt"):
        find_instances(tmp_path, None)
    assert main(["--instances", str(tmp_path)]) == 2


def test_an_illegal_answer_never_becomes_a_value() -> None:
    instance = read_instance(INSTANCES / "optw" / "c101.txt")
    with pytest.raises(IllegalAnswerError, match="twice"):
        optw_profit(instance, [[0], [0]])
    with pytest.raises(IllegalAnswerError, match="too late"):
        optw_profit(instance, [list(range(100))])


def test_best_known_values_are_read_and_added_to(tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text("instance,m,bks\nc102,1,360\n")
    known = read_bks([INSTANCES / "bks.csv", more])
    assert (known[OPTW, "pr01", 2], known[PVRP, "pr01", 2], known[OPTW, "c102", 1]) == (502, 2209.02, 360)


def test_every_run_is_a_row_with_its_gap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("c101", "pr01"):
        (tmp_path / f"{name}.txt").write_text((INSTANCES / "optw" / f"{name}.txt").read_text())
    assert main(["--instances", str(tmp_path), "--problem", "optw", "--budgets", "0.3", "--seeds", "2", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [(row["instance"], row["seed"]) for row in report["rows"]] == [
        ("c101", 1), ("c101", 2), ("pr01", 1), ("pr01", 2),
    ]  # fmt: skip
    columns = ["problem", "instance", "vehicles", "budget_s", "seed", "value", "bks", "gap_percent", "seconds"]
    assert list(report["rows"][0])[: len(columns)] == columns
    assert all(0 <= row["gap_percent"] <= 3 for row in report["rows"])


def test_a_periodic_instance_is_solved_legally() -> None:
    value = solve(read_instance(INSTANCES / "pvrp" / "pr01.txt"), vehicles=2, budget_s=1.0, seed=1)
    assert value is not None
    assert 2209.02 - 0.01 <= value <= 2209.02 * 1.03
