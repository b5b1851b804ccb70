"""Puts the settings that `tweetty serve --help` lists into a page: `settings.py PAGE`, the help on standard input.

Answers the page on standard output. Each group of the help becomes a table below `### GROUP` in the section
"Configure"; what stood there before gives way.
"""

import re
import sys

SECTION = "## Configure\n"


def groups(text: str) -> dict[str, list[tuple[str, str]]]:
    """The options of each group of the help: what one writes, and all that is said of it."""
    found, group, entry = {}, None, None
    for line in text.splitlines():
        if re.match(r"\S.*:$", line):
            group, entry = line[:-1], None
        elif match := re.match(r" {2,6}(?:-\w, )?(--\S.*)", line):
            entry = [match.group(1), []]
            found.setdefault(group, []).append(entry)
        elif entry is not None and line.strip():
            entry[1].append(line.strip())
    return {name: [(flag, " ".join(words)) for flag, words in entries] for name, entries in found.items()}


def row(flag: str, said: str) -> str | None:
    """The line of a setting; `None` for an option that has no variable and so is none."""
    variable = re.search(r"\[env: (\w+)", said)
    if variable is None:
        return None
    default = re.search(r"\[default: (.*?)\]", said)
    meaning = re.split(r" Possible values:| \[(?:default|env|aliases)", said)[0]
    cells = [f"`{flag}`", f"`{variable.group(1)}`", default.group(1) if default else "off", meaning]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def tables(text: str) -> str:
    parts = []
    for name, entries in groups(text).items():
        rows = [line for line in (row(flag, said) for flag, said in entries) if line]
        if rows:
            parts += [f"### {name}", "", "| flag | environment | default | meaning |", "|---|---|---|---|", *rows, ""]
    return "\n".join(parts)


def main() -> None:
    with open(sys.argv[1]) as file:
        page = file.read()
    before, rest = page.split(SECTION, 1)
    end = re.search(r"^## ", rest, re.MULTILINE).start()
    words = re.split(r"^### ", rest[:end], maxsplit=1, flags=re.MULTILINE)[0].rstrip()
    made = tables(sys.stdin.read())
    if made.count("\n| `--") < 20:
        sys.exit(f"hardly a setting was found in the help; its form has changed:\n{made}")
    sys.stdout.write(f"{before}{SECTION}{words}\n\n{made}\n{rest[end:]}")


main()
