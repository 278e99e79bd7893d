"""The decision network of a customer, METHOD.md section 5: who decides, how they stand, and what one person carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.vocabulary import ContactRole

KEY_ROLES = (
    ContactRole.DECIDER,
    ContactRole.BUYER,
    ContactRole.COACH,
    ContactRole.TECHNICAL,
    ContactRole.FINANCE,
    ContactRole.USER,
)
"""The roles that a purchase needs, the most missed first. A gatekeeper is worth knowing, but nobody lacks one."""

MOST_INFLUENCE, MOST_CLOSENESS = 5, 4
LOWEST_ATTITUDE, HIGHEST_ATTITUDE = -2, 2
CLOSE_ENOUGH = 2
MET_LATELY = timedelta(days=180)
ONE_CARRIES_ABOVE = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody at the customer. None: nobody has said."""

    contact_id: int
    name: str
    role: ContactRole | None = None
    decides: bool = False
    influence: int | None = None
    attitude: int | None = None
    closeness: int | None = None
    last_met_on: date | None = None

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("influence", self.influence, 0, MOST_INFLUENCE),
            ("attitude", self.attitude, LOWEST_ATTITUDE, HIGHEST_ATTITUDE),
            ("closeness", self.closeness, 0, MOST_CLOSENESS),
        ):
            if value is not None and not low <= value <= high:
                raise ValueError(f"{name} is {low} to {high}, not {value}")

    @property
    def roles(self) -> frozenset[ContactRole]:
        roles = {self.role} if self.role else set()
        return frozenset(roles | {ContactRole.DECIDER} if self.decides else roles)

    def tie(self, today: date) -> int:
        """How much of the account hangs on this person: influence times closeness, 0 for somebody we do not know.

        An unknown influence counts as 1. An unknown closeness counts as 1 for somebody met within 180 days.
        """
        closeness = self.closeness
        if closeness is None:
            met = self.last_met_on
            closeness = 1 if met is not None and timedelta() <= today - met <= MET_LATELY else 0
        return closeness * (1 if self.influence is None else self.influence)


class Thread(StrEnum):
    """How many people carry the account."""

    NOBODY = "nobody"
    SINGLE = "single"
    LEANS = "leans"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The figures of a network.

    ``attitude`` is -2 to +2, weighted by influence, out of ``attitude_of`` people whose both are known; None: too few
    is known. ``carrier`` is who carries most, with the part 0-1 of all ties.
    """

    people: int
    without_role: int
    covered: tuple[ContactRole, ...]
    missing: tuple[ContactRole, ...]
    attitude: float | None
    attitude_of: int
    thread: Thread
    carrier: Person | None
    carrier_part: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """The next person to ask for. ``by`` can introduce; None: nobody there is close enough to ask."""

    role: ContactRole
    by: Person | None


class Outlook(StrEnum):
    """What is left of the account without a person."""

    NOTHING = "nothing"
    THIN = "thin"
    HOLDS = "holds"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingTest:
    """What remains if a person leaves; ``lost_part`` 0-1 of all ties goes along."""

    leaver: Person
    remaining: Network
    lost_roles: tuple[ContactRole, ...]
    lost_part: float
    outlook: Outlook
    introduction: Introduction | None


def measure_network(people: Sequence[Person], today: date) -> Network:
    """The figures of the people at one customer."""
    held = {role for person in people for role in person.roles}
    weighed = [
        (one.influence, one.attitude) for one in people if one.influence is not None and one.attitude is not None
    ]
    weight = sum(influence for influence, _ in weighed)
    carrier, part = _carrier(people, today)
    return Network(
        people=len(people),
        without_role=sum(not person.roles for person in people),
        covered=tuple(role for role in KEY_ROLES if role in held),
        missing=tuple(role for role in KEY_ROLES if role not in held),
        attitude=sum(influence * attitude for influence, attitude in weighed) / weight if weight else None,
        attitude_of=len(weighed),
        thread=_thread(people, part, today),
        carrier=carrier,
        carrier_part=part,
    )


def _carrier(people: Sequence[Person], today: date) -> tuple[Person | None, float]:
    total = sum(person.tie(today) for person in people)
    if not total:
        return None, 0.0
    strongest = max(people, key=lambda person: person.tie(today))
    return strongest, strongest.tie(today) / total


def _thread(people: Sequence[Person], strongest_part: float, today: date) -> Thread:
    carrying = sum(person.tie(today) > 0 for person in people)
    if carrying == 0:
        return Thread.NOBODY
    if carrying == 1:
        return Thread.SINGLE
    return Thread.LEANS if strongest_part > ONE_CARRIES_ABOVE else Thread.SEVERAL


def imagine_leaving(people: Sequence[Person], leaver: Person, today: date) -> LeavingTest:
    """The "if this person leaves" test: what remains, and whom to be introduced to while there is time."""
    remain = [person for person in people if person.contact_id != leaver.contact_id]
    before, after = measure_network(people, today), measure_network(remain, today)
    total = sum(person.tie(today) for person in people)
    lost = tuple(role for role in before.covered if role not in after.covered)
    return LeavingTest(
        leaver=leaver,
        remaining=after,
        lost_roles=lost,
        lost_part=leaver.tie(today) / total if total else 0.0,
        outlook=_outlook(after, lost),
        introduction=next_introduction(remain, today, also=leaver),
    )


def _outlook(after: Network, lost: tuple[ContactRole, ...]) -> Outlook:
    if after.thread is Thread.NOBODY:
        return Outlook.NOTHING
    thin = after.thread is Thread.SINGLE or ContactRole.DECIDER in lost or not after.covered
    return Outlook.THIN if thin else Outlook.HOLDS


def next_introduction(people: Sequence[Person], today: date, *, also: Person | None = None) -> Introduction | None:
    """The first role that nobody among ``people`` has, and the person to ask: the closest friendly one.

    ``also`` may introduce too, though not counted among them: who is leaving can still open a door. None: all roles
    are known.
    """
    missing = measure_network(people, today).missing
    if not missing:
        return None
    askable = [one for one in (*people, *([also] if also else [])) if _can_introduce(one)]
    by = max(askable, key=lambda one: (one.closeness or 0, one.attitude or 0, one.influence or 0), default=None)
    return Introduction(role=missing[0], by=by)


def _can_introduce(person: Person) -> bool:
    is_close = person.closeness is not None and person.closeness >= CLOSE_ENOUGH
    is_friendly = person.attitude is not None and person.attitude > 0
    return (is_close and (person.attitude is None or person.attitude >= 0)) or is_friendly
