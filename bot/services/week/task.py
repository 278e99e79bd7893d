"""What a week's plan is made from, and what a search answers: a plan of each day, and why the others are in none."""

import hashlib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date

from bot.domain.contact_hours import visit_windows
from bot.domain.opening_hours import ANY_TIME, OpeningHours
from bot.domain.planning.problem import DayPlan, Lunch, Shift, Window
from bot.domain.planning.reach import is_out_of_reach, middle_of
from bot.services.day.clock import seconds_of
from bot.services.day.gathering import LUNCH_S, LUNCH_WINDOW
from bot.services.week.survey import WeekCustomer, WeekSurvey
from bot.services.week.wishes import Wishes
from bot.services.work_calendar import is_public_working_day

WEEKDAYS = "12345"
CHOSEN_PRIZE = 30.0
"""Points on top for whom the capacity-true week has chosen: a near customer must not push out one whose turn it is."""

SHAKE = 0.25
"""How far prizes are shaken for another suggestion, so that it really is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``plans`` of the survey's days; ``reasons`` by customer. A stop's key is its customer's number, or begins so.

    ``lost`` are customers with an appointment that cannot be kept: they are told even where another visit is planned.
    """

    plans: tuple[DayPlan, ...]
    reasons: Mapping[int, str]
    lost: frozenset[int] = frozenset()


def customer_of(key: str) -> int:
    """Whose visit a stop of an answer is."""
    return int(key.partition(":")[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekTask:
    """All that a week, or several, is made from."""

    survey: WeekSurvey
    wishes: Wishes

    @property
    def fingerprint(self) -> str:
        """Names days, customers, agreed visits and wishes, not the time of day."""
        survey = self.survey
        parts = [
            (each.customer_id, each.grade, each.service_s, each.pin, each.opening, each.agreed)
            for each in sorted(survey.customers.values(), key=lambda each: each.customer_id)
        ]
        facts = (survey.days, survey.work_from_s, survey.work_until_s, survey.home, parts, self.wishes.to_json())
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]

    @property
    def seed(self) -> int:
        """The same for a member's week and suggestion, whoever plans it."""
        return (self.survey.acting.member_id * 1_000_003 + self.survey.starts_on.toordinal()) * 101 + self.wishes.again

    @property
    def too_far(self) -> frozenset[int]:
        """Customers out of a day's reach, there and back: whoever must see them travels, and does not drive round."""
        survey = self.survey
        pins = [customer.pin for customer in survey.customers.values() if customer.pin is not None]
        home = survey.home or middle_of(pins)
        day_s = survey.work_until_s - survey.work_from_s
        return frozenset(
            customer.customer_id
            for customer in survey.customers.values()
            if customer.customer_id not in self.wishes.days
            and not customer.agreed
            and is_out_of_reach(customer.pin, home, service_s=customer.service_s, day_s=day_s)
        )

    @property
    def without(self) -> frozenset[int]:
        """Customers that no search needs to look at."""
        return self.wishes.left_out | self.too_far

    def due_beside(self, planned: Container[int]) -> list[WeekCustomer]:
        """Who is due and not planned: wherever room is left, the best of them fill it."""
        days, without = len(self.survey.days), self.without
        due = [claim.key for claim in self.survey.claims() if claim.visits_due(days) > 0]
        return [self.survey.customers[key] for key in due if key not in planned and key not in without]

    def wished_or_agreed(self, customer: WeekCustomer) -> frozenset[date]:
        """The dates on which a customer's visits stand: the rep's word, and always the appointments."""
        wished = self.wishes.days.get(customer.customer_id)
        agreed = frozenset(visit.on for visit in customer.agreed if wished is None or visit.appointment_at is not None)
        return agreed if wished is None else agreed | wished

    def firm_dates(self, customer: WeekCustomer) -> frozenset[date]:
        """Those of them that are kept on their day: the rep's word, and what was promised to the customer."""
        wished = self.wishes.days.get(customer.customer_id, frozenset())
        promised = frozenset(visit.on for visit in customer.agreed if visit.is_promised)
        locked = frozenset(on for key, on in self.wishes.times_s if key == customer.customer_id)
        return self.wished_or_agreed(customer) & (wished | promised | locked)

    def time_of(self, customer: WeekCustomer, on: date) -> int | None:
        """The second of a date at which a visit must begin: locked by the rep, or agreed with the customer."""
        locked = self.wishes.times_s.get((customer.customer_id, on))
        if locked is not None:
            return locked
        at = next((visit.appointment_at for visit in customer.agreed if visit.on == on), None)
        return None if at is None else seconds_of(at, on, self.survey.acting.zone)

    def shift(self, number: int) -> Shift:
        """The working day of a date, by its number."""
        survey = self.survey
        return Shift(
            starts_s=survey.begins_s(number),
            ends_s=survey.work_until_s,
            start=survey.home,
            end=survey.home,
            lunch=Lunch(window=LUNCH_WINDOW, duration_s=LUNCH_S),
        )

    def windows(self, customer: WeekCustomer, number: int) -> tuple[Window, ...]:
        """When a visit may begin on a day, by its number; none where the customer is closed."""
        return self._windows(customer, number, customer.opening)

    def contact_windows(self, customer: WeekCustomer, number: int) -> tuple[Window, ...]:
        """The same for a visit that was agreed on a day on which the customer is otherwise closed."""
        return self._windows(customer, number, ANY_TIME)

    def _windows(self, customer: WeekCustomer, number: int, opening: OpeningHours) -> tuple[Window, ...]:
        acting, on = self.survey.acting, self.survey.days[number]
        return visit_windows(
            on,
            is_public_working_day=is_public_working_day(acting.country, WEEKDAYS, on),
            country=acting.country,
            lat=customer.lat,
            service_s=customer.service_s,
            opening=opening,
        )
