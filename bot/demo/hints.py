"""What a newcomer may try next in the demo: the next of a tour that was not tried yet, and what the screen offers."""

from collections.abc import Collection, Sequence
from datetime import datetime, time

from bot.demo.people import PARTS
from bot.domain.vocabulary import Role

MORNING = time(7, 30)
MOVE_CLOCK = "🕢 07:30"
"""The page moves its clock to the time after this face of a clock."""

HELP = "/help"
SHOWN = 6
TOURS = {
    Role.REP: ("/today", "/prep", "/report", "/promises", "/care", "/approvals", "/week", "/playbook", "/notices"),
    Role.MANAGER: ("/digest", "/approvals", "/platform", "/week", "/team", "/limits", "/notices", "/changes"),
}
ON_SCREEN = {"en": ("Prepare", "Check in", "Report"), "zh": ("准备", "签到", "记录")}
"""Labels of buttons that lead on, where the newest screen has them."""


def next_hints(person_id: int, *, now: datetime, said: Collection[str], buttons: Collection[str]) -> Sequence[str]:
    """Likeliest first: words to send, or labels to tap. ``said`` is what was tried, ``buttons`` what can be tapped.

    ``now`` is local. Before the first route comes a rep is shown how to let time pass.
    """
    part = next((one for one in PARTS if one.person.id == person_id), None)
    if part is None:
        return ()
    language = part.person.language_code.partition("-")[0]
    labels = [label for label in ON_SCREEN.get(language, ()) if label in buttons]
    clock = [MOVE_CLOCK] if part.role is Role.REP and now.time() < MORNING else []
    words = {text.partition(" ")[0] for text in said}
    tour = [one for one in TOURS[part.role] if one not in words]
    first = [*clock, *labels, *tour][: SHOWN - 1]
    return [*first, HELP]
