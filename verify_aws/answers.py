"""What a run finds out: an answer for each row of the register, and typed facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import facts, texts
from .facts import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer for a row.

    Attributes:
        row: The row's id.
        verdict: How the observation compares with the row.
        observed: The observation, or the reason why there is none.
    """

    row: str
    verdict: Verdict
    observed: str


@dataclass
class Findings:
    """The answers, facts and texts of a run.

    Attributes:
        answers: By row.
        facts: By name; the names and types are those of `facts.ALLOWED`.
        texts: By name, templates only.
        left_out: Names of texts that fit no template, and of facts with an unexpected value.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    facts: dict[str, facts.Fact] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    def answer(self, row: str, observed: str, *, as_assumed: bool = True) -> None:
        """Add the answer for a row. Where a row has several, one `otherwise` decides."""
        observed = texts.public(observed)
        verdict = Verdict.AS_ASSUMED if as_assumed else Verdict.OTHERWISE
        earlier = self.answers.get(row)
        if earlier is None or earlier.verdict is Verdict.NOT_OBSERVED:
            self.answers[row] = Answer(row, verdict, observed)
            return
        if verdict is Verdict.AS_ASSUMED:
            verdict = earlier.verdict
        self.answers[row] = Answer(row, verdict, f"{earlier.observed}; {observed}")

    def not_observed(self, rows: Sequence[str], reason: str) -> None:
        """Say why rows have no answer; those that have one keep it."""
        for row in rows:
            self.answers.setdefault(row, Answer(row, Verdict.NOT_OBSERVED, texts.public(reason)))

    def fact(self, name: str, value: Any) -> None:
        """Add a fact, if its value is one that a facts file may have."""
        try:
            self.facts[name] = facts.checked(name, value)
        except facts.FactsError:
            self.left_out.add(name)

    def add_to_fact(self, name: str, values: Mapping[str, str]) -> None:
        """Add entries to a fact that is a mapping."""
        known = self.facts.get(name, {})
        assert isinstance(known, dict)
        self.fact(name, {**known, **values})

    def text(self, name: str, text: str, known: Sequence[tuple[str, str]]) -> None:
        """Add a text of AWS, if it fits a template.

        Args:
            name: What the text is about.
            text: The text.
            known: Pairs of a placeholder's name and a value that it stands for.
        """
        template = texts.template_of(text, known)
        if template is None:
            self.left_out.add(name)
        else:
            self.texts[name] = template
