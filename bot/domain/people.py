"""Who acts: the person behind an update, with what they may see and how they read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.frequency import DEFAULT_VISITS_PER_WEEK
from bot.domain.scoring.settings import ScoringSettings
from bot.domain.vocabulary import Grade, Language, MapApp, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """A member on whose behalf something is read or changed. Every query of a team's data is scoped by one.

    ``visits_per_week`` and ``scoring`` are the team's settings.
    """

    member_id: int
    team_id: int
    name: str
    role: Role
    sells: bool
    language: Language
    zone: ZoneInfo
    currency: str
    country: str
    chat_id: int | None = None
    visits_per_week: Mapping[Grade, float] = field(default_factory=lambda: DEFAULT_VISITS_PER_WEEK)
    scoring: ScoringSettings = field(default_factory=ScoringSettings)
    map_app: MapApp | None = None
    travel_factor: float = 1.0  # how many times as long as the travel model says

    @property
    def sees_team(self) -> bool:
        """Whether all customers of the team are visible, and not only the own ones."""
        return self.role is not Role.REP

    @property
    def leads(self) -> bool:
        return self.role in (Role.MANAGER, Role.ADMIN)

    @property
    def records(self) -> bool:
        """Whether visits may be recorded: service reads only."""
        return self.role is not Role.SERVICE and (self.role is Role.REP or self.sells)

    def local(self, instant: datetime) -> datetime:
        """The instant on this member's wall clock."""
        return instant.astimezone(self.zone)
