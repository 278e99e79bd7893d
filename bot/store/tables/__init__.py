"""All tables of the product, one module a subject."""

from bot.store.tables.awaiting import Awaiting
from bot.store.tables.base import Row
from bot.store.tables.chat import SEARCH_WORDS_MAX, CustomerSearch, ImportRun
from bot.store.tables.customers import (
    Complaint,
    Contact,
    Customer,
    Opportunity,
    Order,
    OrderLine,
    Product,
    ShareEstimate,
)
from bot.store.tables.delivery import Draft, Inbox, LivingMessage, Notice, Outbox
from bot.store.tables.people import AuditEntry, DayOff, Invitation, Media, Member, Team
from bot.store.tables.planning import CalendarFeed, TravelTime, WeekPlan
from bot.store.tables.scoring import (
    CustomerJudgement,
    CustomerScore,
    GradeDecision,
    ScoreFall,
    ScoreSnapshot,
    TeamScoring,
)
from bot.store.tables.visits import (
    DayPlan,
    FollowUp,
    Objection,
    Preparation,
    Promise,
    PromiseEvent,
    Report,
    Touch,
    Visit,
)

__all__ = [
    "SEARCH_WORDS_MAX",
    "AuditEntry",
    "Awaiting",
    "CalendarFeed",
    "Complaint",
    "Contact",
    "Customer",
    "CustomerJudgement",
    "CustomerScore",
    "CustomerSearch",
    "DayOff",
    "DayPlan",
    "Draft",
    "FollowUp",
    "GradeDecision",
    "ImportRun",
    "Inbox",
    "Invitation",
    "LivingMessage",
    "Media",
    "Member",
    "Notice",
    "Objection",
    "Opportunity",
    "Order",
    "OrderLine",
    "Outbox",
    "Preparation",
    "Product",
    "Promise",
    "PromiseEvent",
    "Report",
    "Row",
    "ScoreFall",
    "ScoreSnapshot",
    "ShareEstimate",
    "Team",
    "TeamScoring",
    "Touch",
    "TravelTime",
    "Visit",
    "WeekPlan",
]
