"""Uploads every picture of some folders to a running service and judges what is kept: see scripts/check-pictures."""

import argparse
import hashlib
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import frames
import judge
import report
from chromium import Chromium
from judge import Judgement
from kinds import format_of, kind_of
from service import Service

# Content decides what a picture is; by these names others are known, which have to be refused.
NAMES = {".png", ".apng", ".jpg", ".jpeg", ".jfif", ".mpo", ".gif", ".webp", ".avif", ".heic", ".bmp", ".tif", ".tiff",
         ".svg", ".ico"}
# Chromium is asked for so many frames of an animation.
FRAMES = 12
MOST_MEMORY = 8 * 1024**3


def pictures(folders: list[Path]) -> Iterator[tuple[str, bytes]]:
    """Every file that is a picture by its content or its name, each content once."""
    seen = set()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            with path.open("rb") as file:
                if path.suffix.lower() not in NAMES and not format_of(file.read(16)):
                    continue
            content = path.read_bytes()
            digest = hashlib.sha256(content).digest()
            if digest not in seen:
                seen.add(digest)
                yield str(path.relative_to(folder.parent)), content


@dataclass
class Check:
    """One run over pictures."""

    service: Service
    limits: dict
    chromium: Chromium | None
    # Of the pictures that are right by Pillow, Chromium is asked about every nth; 0 for none.
    every: int

    def outcome(self, number: int, name: str, content: bytes) -> report.Outcome:
        kept = self.service.keep(content)
        outcome = report.Outcome(name, kind_of(content), judge.RIGHT, [], len(content), len(kept.content))
        if kept.status != 201:
            judged = judge.refusal(content, f"{kept.status} {kept.message}", self.limits)
            if judged.verdict == judge.REFUSED_WRONGLY and self.chromium and not self._seen(content):
                judged = Judgement(judge.REFUSED_RIGHTLY, ["Chromium does not show it either"])
        else:
            outcome.kept_as = kind_of(kept.content)
            judged = self._accepted(number, content, kept)
            copies = [self.service.download(described["url"]) for described in kept.media.get("variants", [])]
            faults = list(judge.variants(kept, copies)) if copies else []
            outcome.copies = [len(copy) for copy in copies]
            if faults:
                judged = Judgement(judge.WRONG, judged.reasons + faults)
        outcome.verdict, outcome.reasons = judged.verdict, judged.reasons
        return outcome

    def _accepted(self, number: int, content: bytes, kept) -> Judgement:
        judged = judge.accepted(content, kept)
        is_sample = self.every and number % self.every == 0
        if not self.chromium or (judged.verdict == judge.RIGHT and not is_sample):
            return judged
        # Chromium does not turn a WebP.
        if format_of(content) == "WebP" and frames.turn(frames.open_picture(content)):
            return judged
        source = self._seen(content)
        seen = judge.by_chromium(source, self._seen(kept.content))
        if judged.verdict == judge.RIGHT:
            # Where the two show different things of the source, one of them has to do.
            return seen if seen.verdict == judge.WRONG and judge.agree(content, source) else judged
        if seen.verdict == judge.RIGHT and not any(reason.startswith("it still has") for reason in judged.reasons):
            return Judgement(judge.RIGHT, ["by Chromium; " + "; ".join(judged.reasons)])
        return Judgement(judged.verdict, judged.reasons + seen.reasons)

    def _seen(self, content: bytes) -> list:
        return self.chromium.frames(content, FRAMES)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--chromium", metavar="PROGRAM", help="asks this browser, too")
    parser.add_argument("--sample", type=int, default=0, help="how many pictures it is asked about in any case")
    arguments = parser.parse_args()
    found = list(pictures(arguments.folders))
    service = Service(arguments.url, arguments.key)
    browser = Chromium(arguments.chromium) if arguments.chromium else None
    # Some files make Pillow take gigabytes. What has started already, as the browser, has no such limit.
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    every = max(1, len(found) // arguments.sample) if arguments.sample else 0
    check = Check(service, service.limits(), browser, every)
    outcomes = []
    try:
        for number, (name, content) in enumerate(found):
            try:
                outcomes.append(check.outcome(number, name, content))
            except Exception as error:
                # One picture that the check itself fails at must not cost the tables of the others.
                outcomes.append(report.Outcome(name, kind_of(content), judge.OPEN, [repr(error)], len(content), 0))
            if sys.stderr.isatty():
                print(f"\r{number + 1} of {len(found)}", end="", file=sys.stderr)
    finally:
        if browser:
            browser.close()
    print(report.text(outcomes))
    return int(any(outcome.is_fault for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
