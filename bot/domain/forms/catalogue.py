"""All forms by name, and how deep a form goes for a customer."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.errors import Refused
from bot.domain.forms.add_contact import NewContact
from bot.domain.forms.add_customer import AddCustomer
from bot.domain.forms.add_opening import NewOpening
from bot.domain.forms.add_promise import AddPromise
from bot.domain.forms.approvals import ApprovalFacts, ApprovalGrant, ApprovalNote, AskApproval, SetLimit
from bot.domain.forms.asking import Form
from bot.domain.forms.care_forms import AddIntroduction, NoteBirthday, NoteMoment, TellNews
from bot.domain.forms.change_customer import ChangeCustomer
from bot.domain.forms.complaints import AddComplaint, ComplaintNote
from bot.domain.forms.note_deal import NoteDeal
from bot.domain.forms.playbook_words import PlaybookWords, TeamTrade
from bot.domain.forms.post_visit import PostVisit
from bot.domain.forms.pre_visit import PreVisit
from bot.domain.forms.write_opening import WriteOpening
from bot.domain.vocabulary import Depth, Grade

FORMS: Mapping[str, type[Form]] = MappingProxyType(
    {
        one.spec.name: one
        for one in (
            PreVisit,
            PostVisit,
            AddCustomer,
            ChangeCustomer,
            WriteOpening,
            NewContact,
            NewOpening,
            NoteDeal,
            PlaybookWords,
            TeamTrade,
            NoteMoment,
            AddIntroduction,
            NoteBirthday,
            TellNews,
            AddPromise,
            *(AskApproval, ApprovalFacts, ApprovalNote, ApprovalGrant, SetLimit, AddComplaint, ComplaintNote),
        )
    }
)


def form_named(name: str) -> type[Form]:
    """The form that a stored draft names. Raises Refused ``form_unknown``."""
    if name not in FORMS:
        raise Refused("form_unknown", name=name)
    return FORMS[name]


def depth_for(grade: Grade | None, *, is_key_account: bool = False) -> Depth:
    """METHOD.md sections 2 and 8: A and key accounts the whole form, B and the ungraded the core, C and D the quick."""
    if is_key_account or grade is Grade.A:
        return Depth.FULL
    return Depth.CORE if grade in (Grade.B, None) else Depth.QUICK
