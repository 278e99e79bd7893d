"""The people of the demo: who they are on the chat page, and what they are in their team."""

from dataclasses import dataclass

from bot.domain.vocabulary import Role
from bot.simulator.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A person's part in a sample team; ``member`` is the name that the sample files know."""

    person: Person
    team: str
    member: str
    role: Role


SINGAPORE, HANGZHOU = "Lion City Coffee", "西湖咖啡"

PARTS: tuple[Part, ...] = (
    Part(
        person=Person(id=1001, first_name="Wei Ling", last_name="Tan", language_code="en", caption="Rep · Singapore"),
        team=SINGAPORE,
        member="Tan Wei Ling",
        role=Role.REP,
    ),
    Part(
        person=Person(id=1002, first_name="张伟", language_code="zh-hans", caption="业务员 · 杭州"),
        team=HANGZHOU,
        member="张伟",
        role=Role.REP,
    ),
    Part(
        person=Person(id=1003, first_name="Mei", last_name="Chen", language_code="en", caption="Manager · Singapore"),
        team=SINGAPORE,
        member="Mei Chen",
        role=Role.MANAGER,
    ),
    Part(
        person=Person(id=1004, first_name="陈静", language_code="zh-hans", caption="主管 · 杭州"),
        team=HANGZHOU,
        member="陈静",
        role=Role.MANAGER,
    ),
)

PEOPLE: tuple[Person, ...] = tuple(part.person for part in PARTS)
