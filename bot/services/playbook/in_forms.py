"""The playbook where the choice is made: what a form offers to say, and beside its options what they brought so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.brief import questions_by_gap
from bot.domain.forms.context import Pick
from bot.domain.forms.showing import OPTIONS_A_PAGE
from bot.domain.playbook import ANY, SLOTS, Entry, Section, is_slot
from bot.domain.screen import Json
from bot.domain.vocabulary import ClosingTechnique, Depth, Need, Purpose
from bot.domain.what_worked import Tally, ranked
from bot.services.forms.drafts import OpenDraft
from bot.services.knowledge import gather
from bot.services.playbook.reading import (
    ANSWERS_OFFERED,
    answer_tallies,
    closing_tallies,
    purpose_tallies,
    rank_answers,
    tally_facts,
    team_playbook,
)
from bot.services.work import Work

VISIT_FORMS = ("pre_visit", "post_visit")
QUESTIONS_OFFERED = 6  # with their whole words, a screen; the bank is behind /playbook
ANSWERED = ("expected_objection.answer", "objection_met.answer")
PREPARED = ("expected_objection.answer",)
"""Where the fact or case behind an answer is read, too: after a visit it is only told which answer was given."""
SAID = (*ANSWERED, "product_match.justification", "pre_visit.questions")
"""Questions whose options are sentences: they stand as numbered lines, with the numbers as buttons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What the playbook brings into a form: sources by name, and suggestions by question."""

    sources: Mapping[str, Sequence[Pick]]
    suggestions: Mapping[str, Sequence[Json]]


async def offered_in(work: Work, opened: OpenDraft) -> Offered:
    """What a visit form offers to say: answers by objection, justifications by need, questions by gap.

    Suggested are the closing that worked best here, and as gaps of the organisation chart the roles that nobody at
    this customer is known to have. Results are counted only where they rank something; the 30-second forms ask none
    of it, and pay for none of it.
    """
    form, depth, customer_id = opened.row.form, opened.draft.depth, opened.row.customer_id
    if form not in VISIT_FORMS or depth is Depth.QUICK or customer_id is None:
        return Offered(sources={}, suggestions={})
    book = await team_playbook(work.session, work.acting)
    is_answering = opened.draft.inside is not None and opened.draft.at == "objections"
    tallies = await answer_tallies(work.session, work.acting.team_id) if is_answering else {}
    sources: dict[str, Sequence[Pick]] = {
        f"answers.{kind}": _picks(rank_answers(book, kind, tallies.get(kind, {}))[:ANSWERS_OFFERED])
        for kind in SLOTS[Section.ANSWERS]
    }
    suggestions: dict[str, Sequence[Json]] = {}
    if form == "pre_visit":
        for need in (*Need, ANY):
            fitting = [*book.of(Section.JUSTIFY, need), *(book.of(Section.JUSTIFY, ANY) if need != ANY else ())]
            sources[f"justify.{need}"] = _picks(fitting)
        if _is_at(opened, "closing"):
            suggestions["pre_visit.closing"] = _best_closing(await closing_tallies(work.session, work.acting.team_id))
        if _is_at(opened, "questions") or _is_at(opened, "org_gaps"):
            knowledge = await gather(work, customer_id)
            bank = questions_by_gap(knowledge.known(), book.of(Section.QUESTIONS))
            sources["questions"] = _picks(bank[:QUESTIONS_OFFERED])
            missing: list[Json] = [role.value for role in knowledge.missing_roles]
            suggestions["pre_visit.org_gaps"] = [missing] if missing else []
    return Offered(sources=sources, suggestions=suggestions)


def _is_at(opened: OpenDraft, name: str) -> bool:
    """Whether a question of the form itself is the one to show: what helps to answer it is gathered only then."""
    draft = opened.draft
    asked = (one.name for one in opened.form.spec.fields if one.is_in(draft.depth) and one.when is None)
    return name == (draft.at or next((one for one in asked if one not in draft.answers), None))


def _picks(entries: Sequence[Entry]) -> list[Pick]:
    return [Pick(key=one.key, label=one.text) for one in entries]


def _best_closing(tallies: Mapping[ClosingTechnique, Tally]) -> list[Json]:
    proven = [one for one in ranked(list(tallies), tallies) if tallies[one].says_something and tallies[one].worked]
    return [one.value for one in proven[:1]]


async def aside_of(work: Work, facts: Mapping[str, Json]) -> dict[str, Json]:
    """What a question's facts gain: ``aside``, lines to its options, and the options numbered where they are lines."""
    key, options = facts.get("key"), facts.get("options")
    if not isinstance(key, str) or not isinstance(options, list):
        return {}
    if key in SAID:
        return await _sentences(work, facts, key, options)
    if key == "pre_visit.closing":
        tallies = await closing_tallies(work.session, work.acting.team_id)
        return await _named(work, Section.CLOSINGS, options, "closing_technique", tallies)
    if key == "pre_visit.proof":
        return await _named(work, Section.PROOF, options, "proof_kind", None)
    if key == "pre_visit.purpose":
        reached = await purpose_tallies(work.session, work.acting.team_id)
        lines: list[Json] = [
            {"key": f"purpose.{one.value}", "tally": tally_facts(reached[one])} for one in Purpose if one in reached
        ]
        return {"aside": {"as": "reached", "lines": lines}} if lines else {}
    return {}


async def _named(
    work: Work, section: Section, options: list[Json], labels: str, tallies: Mapping[ClosingTechnique, Tally] | None
) -> dict[str, Json]:
    """Options that have names, each with what to say or bring: a team's own words come first."""
    book = await team_playbook(work.session, work.acting)
    lines: list[Json] = []
    for slot in (str(one["token"]) for one in options if isinstance(one, dict)):
        if not is_slot(section, slot):
            continue
        said = book.of(section, slot)
        tally = None if tallies is None else tally_facts(tallies.get(ClosingTechnique(slot)))
        lines.append({"key": f"{labels}.{slot}", "text": said[0].text if said else "", "tally": tally})
    return {"aside": {"as": "named", "lines": lines}}


async def _sentences(work: Work, facts: Mapping[str, Json], key: str, options: list[Json]) -> dict[str, Json]:
    book = await team_playbook(work.session, work.acting)
    entries = [book.entries.get(str(one["token"])) if isinstance(one, dict) else None for one in options]
    tallies: Mapping[str, Tally] = {}
    if key in ANSWERED:
        objection = next((one.slot for one in entries if one and one.slot != ANY), ANY)
        tallies = (await answer_tallies(work.session, work.acting.team_id)).get(objection, {})
    page = facts.get("page")
    first = (page if isinstance(page, int) else 0) * OPTIONS_A_PAGE + 1
    lines: list[Json] = []
    numbered: list[Json] = []
    for number, (option, entry) in enumerate(zip(options, entries, strict=True), start=first):
        if entry is None or not isinstance(option, dict):
            numbered.append(option)  # own words that are picked: no line of the playbook
            continue
        tally = tally_facts(tallies.get(entry.key)) if key in ANSWERED else None
        lines.append(
            {"number": number, "text": entry.text, "fact": entry.fact if key in PREPARED else "", "tally": tally}
        )
        numbered.append({**option, "shown": {"as": "text", "text": str(number)}})
    return {"options": numbered, "aside": {"as": "numbered", "lines": lines}} if lines else {}
