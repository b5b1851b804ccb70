"""The tables of a run, in Markdown."""

import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from judge import OPEN, REFUSED_RIGHTLY, REFUSED_WRONGLY, RIGHT, WRONG

VERDICTS = (RIGHT, WRONG, OPEN, REFUSED_RIGHTLY, REFUSED_WRONGLY)


@dataclass
class Outcome:
    """What became of a picture."""

    name: str
    kind: str
    verdict: str
    reasons: list[str]
    source_bytes: int
    kept_bytes: int
    kept_as: str = ""
    copies: list[int] = field(default_factory=list)

    @property
    def is_fault(self) -> bool:
        return self.verdict not in (RIGHT, REFUSED_RIGHTLY)


def text(outcomes: list[Outcome]) -> str:
    faults = [one for one in outcomes if one.is_fault]
    by_chromium = [one for one in outcomes if one.verdict == RIGHT and one.reasons]
    parts = [_classes(outcomes), _sizes(outcomes), _refusals(outcomes), _listed("Wrong", faults),
             _listed("Right by Chromium alone", by_chromium)]
    return "\n\n".join(part for part in parts if part)


def _by_kind(outcomes: list[Outcome]) -> list[tuple[str, list[Outcome]]]:
    kinds = defaultdict(list)
    for outcome in outcomes:
        kinds[outcome.kind].append(outcome)
    return sorted(kinds.items())


def _classes(outcomes: list[Outcome]) -> str:
    lines = ["| class | pictures | accepted right | accepted wrong | not judged | refused rightly | refused wrongly |",
             "|---|---:|---:|---:|---:|---:|---:|"]
    for kind, members in [*_by_kind(outcomes), ("all", outcomes)]:
        counts = Counter(member.verdict for member in members)
        cells = [kind, str(len(members)), *(str(counts[verdict]) for verdict in VERDICTS)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _sizes(outcomes: list[Outcome]) -> str:
    """Kept bytes relative to the source's."""
    lines = ["| class | kept | median size | p90 | most | small copies |", "|---|---:|---:|---:|---:|---:|"]
    for kind, members in [*_by_kind(outcomes), ("all", outcomes)]:
        kept = [member for member in members if member.kept_bytes]
        if not kept:
            continue
        ratios = sorted(member.kept_bytes / member.source_bytes for member in kept)
        p90 = ratios[min(len(ratios) - 1, int(len(ratios) * 0.9))]
        copies = sum(len(member.copies) for member in kept)
        sizes = [f"{ratio:.2f}" for ratio in (statistics.median(ratios), p90, ratios[-1])]
        lines.append("| " + " | ".join([kind, str(len(kept)), *sizes, str(copies)]) + " |")
    return "\n".join(lines)


def _listed(title: str, outcomes: list[Outcome]) -> str:
    lines = [f"- {one.name} ({one.kind}): {one.verdict}: {'; '.join(one.reasons)}" for one in outcomes]
    return f"{title}: {len(lines)}\n\n" + "\n".join(lines) if lines else ""


def _refusals(outcomes: list[Outcome]) -> str:
    """Why pictures were refused rightly."""
    reasons = Counter(one.reasons[0] for one in outcomes if one.verdict == REFUSED_RIGHTLY)
    listed = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
    return f"Refused rightly: {listed}" if listed else ""
