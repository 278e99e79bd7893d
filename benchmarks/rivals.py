"""Other solvers on the same instances, where they can express them. All of them are in the ``bench`` extra.

None can express a periodic instance: a customer's visits are linked through its pattern. PyVRP's groups pick exactly
one client, VROOM has no such thing, and OR-Tools needs a boolean a pattern, with which it found no better plans than
a relaxation and repair (6-18 % over the best known, or no legal plan).
"""

import importlib.util
from collections.abc import Callable
from typing import Any

from benchmarks.reading import OPTW, BenchInstance
from benchmarks.solving import optw_model, optw_profit

Solver = Callable[..., float | None]
_MOST_VROOM_PRIORITY = 100


def available_rivals(instance: BenchInstance) -> dict[str, Solver]:
    """Name and solver of every rival that is installed and can express ``instance``."""
    if instance.problem != OPTW:
        return {}
    rivals = {
        "pyvrp": ("pyvrp", solve_by_pyvrp),
        "or-tools": ("ortools", solve_by_ortools),
        "vroom": ("vroom", solve_by_vroom),
    }
    return {name: solver for name, (module, solver) in rivals.items() if importlib.util.find_spec(module) is not None}


def solve_by_pyvrp(instance: BenchInstance, *, vehicles: int, budget_s: float, seed: int) -> float:
    """Optional clients with prizes; PyVRP maximises prizes less travel."""
    from pyvrp import Model
    from pyvrp.stop import MaxRuntime

    ours = optw_model(instance, vehicles)
    model = Model()
    size = ours.size
    places = [model.add_location(x=0, y=0) for _ in range(size + 1)]
    model.add_depot(places[size], tw_early=ours.leaves_s[0], tw_late=ours.ends_s[0])
    for number in range(size):
        model.add_client(
            places[number],
            service_duration=ours.service_s[number],
            tw_early=ours.windows[number][0][0],
            tw_late=ours.windows[number][0][1],
            prize=round(ours.prize[number]),
            required=False,
        )
    model.add_vehicle_type(num_available=vehicles, tw_early=ours.leaves_s[0], tw_late=ours.ends_s[0])
    for a, here in enumerate(places):
        for b, there in enumerate(places):
            if a != b:
                leg = int(ours.seconds[a, b])
                model.add_edge(here, there, distance=leg, duration=leg)
    result = model.solve(stop=MaxRuntime(budget_s), seed=seed, display=False)
    routes = [[stop.idx for stop in route.schedule() if stop.is_client()] for route in result.best.routes()]
    return optw_profit(instance, routes)


def solve_by_ortools(instance: BenchInstance, *, vehicles: int, budget_s: float, seed: int) -> float | None:
    """A disjunction for each customer, guided local search. OR-Tools takes no seed; ``seed`` is not used."""
    del seed
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    ours = optw_model(instance, vehicles)
    size = ours.size
    manager = pywrapcp.RoutingIndexManager(size + 1, vehicles, size)
    routing = pywrapcp.RoutingModel(manager)

    def leg(a: int, b: int) -> int:
        return int(ours.seconds[manager.IndexToNode(a), manager.IndexToNode(b)])

    def time_of(a: int, b: int) -> int:
        node = manager.IndexToNode(a)
        return leg(a, b) + (ours.service_s[node] if node < size else 0)

    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(leg))
    horizon = ours.ends_s[0]
    routing.AddDimension(routing.RegisterTransitCallback(time_of), horizon, horizon, False, "time")
    clock = routing.GetDimensionOrDie("time")
    for number in range(size):
        index = manager.NodeToIndex(number)
        opens, closes = ours.windows[number][0]
        if opens > horizon:
            routing.AddDisjunction([index], 0)
            routing.ActiveVar(index).SetValue(0)
            continue
        clock.CumulVar(index).SetRange(opens, min(closes, horizon))
        routing.AddDisjunction([index], round(ours.prize[number]))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(round(budget_s * 1000))
    answer = routing.SolveWithParameters(parameters)
    if answer is None:
        return None
    routes = []
    for vehicle in range(vehicles):
        index, route = answer.Value(routing.NextVar(routing.Start(vehicle))), []
        while not routing.IsEnd(index):
            route.append(manager.IndexToNode(index))
            index = answer.Value(routing.NextVar(index))
        routes.append(route)
    return optw_profit(instance, routes)


def solve_by_vroom(instance: BenchInstance, *, vehicles: int, budget_s: float, seed: int) -> float:
    """Jobs with priorities. VROOM has levels of exploration instead of budgets and seeds: the deepest is used."""
    del budget_s, seed
    import vroom

    ours = optw_model(instance, vehicles)
    size = ours.size
    most = max(each.profit for each in instance.customers)
    share = min(1.0, _MOST_VROOM_PRIORITY / most)
    problem: Any = vroom.Input()
    problem.set_durations_matrix(profile="car", matrix_input=ours.seconds[: size + 1, : size + 1].astype("uint32"))
    day = vroom.TimeWindow(ours.leaves_s[0], ours.ends_s[0])
    for vehicle in range(vehicles):
        problem.add_vehicle(vroom.Vehicle(vehicle, start=size, end=size, time_window=day))
    for number, customer in enumerate(instance.customers):
        problem.add_job(
            vroom.Job(
                number,
                location=number,
                default_service=ours.service_s[number],
                priority=round(customer.profit * share),
                time_windows=[vroom.TimeWindow(*ours.windows[number][0])],
            )
        )
    answer = problem.solve(exploration_level=5, nb_threads=1)
    jobs = answer.routes[answer.routes["type"] == "job"]
    routes = [[int(number) for number in jobs[jobs["vehicle_id"] == vehicle]["id"]] for vehicle in range(vehicles)]
    return optw_profit(instance, routes)
