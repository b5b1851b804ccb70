"""What each table, column, index and trigger is for: the comment directly above it in the migrations."""

import re
from pathlib import Path

NAMED = [
    re.compile(rf"(?:EXECUTE format\(')?CREATE (?:UNIQUE |VIRTUAL )?(?:{kind}) (?:IF NOT EXISTS )?(?P<name>\w+)")
    for kind in ("TABLE", "INDEX", "TRIGGER")
]
ALTERED = re.compile(r"ALTER TABLE (\w+)")
ADDED = re.compile(r"(?:ALTER TABLE \w+ )?ADD COLUMN (?:IF NOT EXISTS )?(\w+)")
COLUMN = re.compile(r"([a-z]\w*) +[A-Z]")


def read(*folders: str) -> dict[str, str]:
    """By name, a column's behind that of its table and a point. PostgreSQL's migrations describe what both stores
    have: SQLite would keep the comments of columns in its schema."""
    found: dict[str, str] = {}
    for folder in folders:
        for file in sorted(Path(folder).glob("*/up.sql")):
            read_file(file.read_text(), found)
    return found


def read_file(text: str, found: dict[str, str]) -> None:
    table, comment = "", []
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith("--"):
            comment.append(line.removeprefix("--").strip())
            continue
        name = next((match["name"] for match in (kind.match(line) for kind in NAMED) if match), "")
        if match := ALTERED.match(line):
            table = match[1]
        if match := ADDED.match(line):
            name = f"{table}.{match[1]}"
        elif not name and table and (match := COLUMN.match(line)):
            name = f"{table}.{match[1]}"
        elif name and "TABLE" in line:
            table = name
        if name and comment:
            found.setdefault(name, " ".join(comment))
        # One that stands above `ALTER TABLE` is that of the column in the next line.
        if not (ALTERED.match(line) and not ADDED.match(line)):
            comment = []
        if line.endswith(";"):
            table = ""
