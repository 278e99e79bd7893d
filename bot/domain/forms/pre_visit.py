"""The pre-visit form of METHOD.md section 8: what a rep thinks through before the door opens."""

from bot.domain.forms.asking import Form, answered, ask, form
from bot.domain.forms.context import Pick
from bot.domain.forms.kinds_choice import choice, pick
from bot.domain.forms.kinds_combined import many, or_person, or_sentence, or_words
from bot.domain.forms.kinds_shared import ShareRange, share
from bot.domain.forms.kinds_words import NewPerson, OwnWords, text
from bot.domain.forms.records import records
from bot.domain.vocabulary import (
    ClosingTechnique,
    CommitmentKind,
    ContactRole,
    Depth,
    IndustryPosition,
    Material,
    Need,
    ObjectionKind,
    ProofKind,
    Purpose,
)

SENTENCE_CHARACTERS = 300
ANSWER_CHARACTERS = 500


@form("product_match", version=2, saves_at=tuple(Depth))
class ProductMatch(Form):
    """A product that answers a need, and the line with which the buyer justifies it to the boss."""

    product: Pick | OwnWords = ask(or_words(pick("products")), skippable=False)
    need: Need | OwnWords | None = ask(or_words(choice(Need)))
    justification: Pick | OwnWords | None = ask(
        or_sentence(pick("justify", by="need"), limit=SENTENCE_CHARACTERS), depth=Depth.FULL
    )


@form("expected_objection", version=2, saves_at=tuple(Depth))
class ExpectedObjection(Form):
    """An objection to be ready for and the answer to it. The playbook's answers bring their fact or case along."""

    objection: ObjectionKind | OwnWords = ask(or_words(choice(ObjectionKind)), skippable=False)
    answer: Pick | OwnWords | None = ask(or_sentence(pick("answers", by="objection"), limit=ANSWER_CHARACTERS))
    fact: str | None = ask(text(limit=ANSWER_CHARACTERS), depth=Depth.FULL, when=answered("answer", OwnWords))


@form("pre_visit", version=2, saves_at=(Depth.QUICK,))
class PreVisit(Form):
    """The customer is chosen before the form opens. Sources: contacts, suppliers, products, and of the playbook
    questions, answers by objection and justifications by need."""

    purpose: Purpose = ask(choice(Purpose), skippable=False)
    purpose_words: str | None = ask(text(limit=SENTENCE_CHARACTERS), when=answered("purpose", Purpose.OTHER))
    agree_to: str | None = ask(text(limit=SENTENCE_CHARACTERS), depth=Depth.CORE)
    whom_to_meet: tuple[Pick | NewPerson, ...] = ask(many(or_person(pick("contacts"))), depth=Depth.CORE)
    org_gaps: tuple[ContactRole, ...] = ask(many(choice(ContactRole)), depth=Depth.FULL)
    background: str | None = ask(text(), depth=Depth.FULL)
    industry_position: IndustryPosition | None = ask(choice(IndustryPosition), depth=Depth.FULL)
    suppliers: tuple[Pick | OwnWords, ...] = ask(many(or_words(pick("suppliers"))), depth=Depth.FULL)
    our_share: ShareRange | None = ask(share(), depth=Depth.FULL)
    latent_needs: tuple[Need | OwnWords, ...] = ask(many(or_words(choice(Need))), depth=Depth.CORE)
    opening: str | None = ask(text(limit=SENTENCE_CHARACTERS), depth=Depth.FULL)
    topics: str | None = ask(text(limit=SENTENCE_CHARACTERS), depth=Depth.FULL)
    questions: tuple[Pick | OwnWords, ...] = ask(
        many(or_sentence(pick("questions"), limit=SENTENCE_CHARACTERS)), depth=Depth.FULL
    )
    proof: tuple[ProofKind | OwnWords, ...] = ask(many(or_words(choice(ProofKind))), depth=Depth.FULL)
    products: tuple[ProductMatch, ...] = ask(records(ProductMatch), depth=Depth.CORE)
    objections: tuple[ExpectedObjection, ...] = ask(records(ExpectedObjection), depth=Depth.CORE)
    closing: ClosingTechnique | None = ask(choice(ClosingTechnique), depth=Depth.CORE)
    authority: str | None = ask(text(limit=SENTENCE_CHARACTERS), depth=Depth.FULL)
    smallest_step: CommitmentKind | None = ask(choice(CommitmentKind, leave_out=(CommitmentKind.NONE,)))
    materials: tuple[Material | OwnWords, ...] = ask(many(or_words(choice(Material))))
