"""A member's day: who could be visited, in which order, and what changes as the day goes.

What other areas call is named here; handlers of the day use the modules themselves.
"""

from bot.services.day.calendar import DayKind, kind_of_day
from bot.services.day.mornings import morning_screen, propose_morning
from bot.services.day.showing import living_name, refresh_day

__all__ = ["DayKind", "kind_of_day", "living_name", "morning_screen", "propose_morning", "refresh_day"]
