"""One word for one thing: the closed lists that the whole product shares. Values are stored, so they never change."""

from enum import StrEnum


class Language(StrEnum):
    EN = "en"
    ZH_HANS = "zh_Hans"
    ZH_HANT = "zh_Hant"


class Role(StrEnum):
    REP = "rep"
    MANAGER = "manager"
    SERVICE = "service"
    ADMIN = "admin"


class Grade(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"


class GradeSource(StrEnum):
    IMPORTED = "imported"
    COMPUTED = "computed"
    OVERRIDE = "override"


class Depth(StrEnum):
    """How much a form asks: the whole, the core, or the 30-second version."""

    FULL = "full"
    CORE = "core"
    QUICK = "quick"


class RelationshipStage(StrEnum):
    DEVELOPMENT = "development"
    INITIAL = "initial"
    STABLE = "stable"
    STRATEGIC = "strategic"


class DealStage(StrEnum):
    LEAD = "lead"
    CONTACT = "contact"
    NEED = "need"
    PROPOSAL = "proposal"
    NEGOTIATION = "negotiation"
    AFTER_SALES = "after_sales"
    LOST = "lost"
    ABANDONED = "abandoned"


class VisitState(StrEnum):
    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


class TouchKind(StrEnum):
    """Any contact that resets the clock of a customer; its weight is in ``urgency``."""

    VISIT = "visit"
    VIDEO = "video"
    CALL = "call"
    MESSAGE = "message"


class Purpose(StrEnum):
    FIRST_CONTACT = "first_contact"
    SIGN_ORDER = "sign_order"
    KEEP_RELATIONSHIP = "keep_relationship"
    CHECK_PROGRESS = "check_progress"
    DISCUSS_SOLUTION = "discuss_solution"
    MARKET_RESEARCH = "market_research"
    OTHER = "other"


class TookPlace(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    RESCHEDULED = "rescheduled"
    BAD_MOMENT = "bad_moment"


class NotMetReason(StrEnum):
    AWAY = "away"
    BUSY = "busy"
    CLOSED = "closed"
    WRONG_ADDRESS = "wrong_address"
    I_COULD_NOT = "i_could_not"
    OTHER = "other"


class PurposeReached(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Need(StrEnum):
    """Organisational needs of a buyer, METHOD.md section 5."""

    QUALITY = "quality"
    PRICE = "price"
    SUPPLIER_QUALITY = "supplier_quality"
    DELIVERY = "delivery"
    TERMS = "terms"


class ObjectionKind(StrEnum):
    PRICE = "price"
    NO_NEED = "no_need"
    NO_TRUST = "no_trust"
    NO_HURRY = "no_hurry"
    NO_AUTHORITY = "no_authority"
    COMPETITOR = "competitor"
    PAST_EXPERIENCE = "past_experience"


class ObjectionResult(StrEnum):
    RESOLVED = "resolved"
    OPEN = "open"
    LOST = "lost"


class ClosingTechnique(StrEnum):
    TRIAL = "trial"
    ASSUMPTIVE = "assumptive"
    CHOICE = "choice"
    INCENTIVE = "incentive"


class CommitmentKind(StrEnum):
    """What the customer agrees to at the end of a visit."""

    ORDER = "order"
    TRIAL = "trial"
    NEXT_MEETING = "next_meeting"
    INTRODUCTION = "introduction"
    SAMPLE = "sample"
    NONE = "none"


class PromiseSide(StrEnum):
    OURS = "ours"
    THEIRS = "theirs"


class PromiseState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class ServiceLevel(StrEnum):
    BASIC = "basic"
    SATISFYING = "satisfying"
    BEYOND = "beyond"
    MOVING = "moving"


class ContactRole(StrEnum):
    DECIDER = "decider"
    BUYER = "buyer"
    USER = "user"
    TECHNICAL = "technical"
    FINANCE = "finance"
    COACH = "coach"
    GATEKEEPER = "gatekeeper"


class DistanceBand(StrEnum):
    """All that is kept of a check-in: how far from the pin it was."""

    UNDER_100_M = "under_100_m"
    UNDER_500_M = "under_500_m"
    UNDER_2_KM = "under_2_km"
    FAR = "far"


class DayOffKind(StrEnum):
    SICK = "sick"
    LEAVE = "leave"


class Mood(StrEnum):
    """How the people met were disposed."""

    WARM = "warm"
    NEUTRAL = "neutral"
    COOL = "cool"


class TrialFeedback(StrEnum):
    LIKED = "liked"
    MIXED = "mixed"
    DISLIKED = "disliked"
    NOT_TRIED = "not_tried"


class PromiseKind(StrEnum):
    """What reps promise most; anything else is said in own words."""

    PRICE_LIST = "price_list"
    QUOTATION = "quotation"
    SAMPLE = "sample"
    INFORMATION = "information"
    CALL_BACK = "call_back"
    VISIT = "visit"
    DELIVERY = "delivery"
    DISCOUNT = "discount"
    CREDIT = "credit"
    FREE_GOODS = "free_goods"
    GIFT = "gift"
    SPECIAL_TERM = "special_term"


class ExpectationSource(StrEnum):
    """Where a customer's expectation comes from, METHOD.md section 10."""

    EXPERIENCE = "experience"
    WORD_OF_MOUTH = "word_of_mouth"
    PERSONAL_NEED = "personal_need"


class IndustryPosition(StrEnum):
    """A customer's standing in its own market."""

    LEADER = "leader"
    STRONG = "strong"
    MIDDLE = "middle"
    SMALL = "small"
    NEWCOMER = "newcomer"


class ProofKind(StrEnum):
    """What makes a claim believable at a visit."""

    BRAND = "brand"
    CERTIFICATE = "certificate"
    REFERENCE_SITE = "reference_site"
    INTRODUCER = "introducer"


class Material(StrEnum):
    """What a rep brings along."""

    SAMPLES = "samples"
    PRICE_LIST = "price_list"
    CATALOGUE = "catalogue"
    PRESENTATION = "presentation"
    QUOTATION = "quotation"
    CONTRACT = "contract"


class MapApp(StrEnum):
    """The app that opens when a rep taps Navigate."""

    GOOGLE = "google"
    APPLE = "apple"
    WAZE = "waze"
    AMAP = "amap"  # 高德地图
    BAIDU = "baidu"  # 百度地图
    TENCENT = "tencent"  # 腾讯地图
