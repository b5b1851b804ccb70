"""Draws the database: `database.py MIGRATIONS SQLITE-FILE MARKDOWN DOT`, PostgreSQL's catalogue on standard input.

A table, column or index without a comment in the migrations is an error, so that the page can't fall behind the schema.
"""

import sys
from html import escape

import descriptions
from schema import Table, read

INTRODUCTION = """# The database

Made by `scripts/draw-schema` from the schema that the migrations really leave behind in both stores; what things are
for stands above them in `migrations`. Don't edit this page: `scripts/check-docs` compares it with the schema.

![Tables, columns and the references between them](database.svg)

PostgreSQL and SQLite have the same tables, columns and keys. Times are `timestamptz(3)` on PostgreSQL and milliseconds
since 1970, in UTC, on SQLite. Ids start at 1 and are never given out again. Every reference but that of a bot to its
owner is `ON DELETE CASCADE`: a tweet takes its likes and attachments along, a user everything of theirs; the counters of
others are corrected in the same transaction. A user who owns bots is not removed.
`{bookkeeping}` is the migration library's list of what was applied.
"""


def main() -> None:
    migrations, sqlite_file, markdown, dot = sys.argv[1:]
    words = descriptions.read(f"{migrations}/postgres", f"{migrations}/sqlite")
    tables, besides = read(sqlite_file, sys.stdin.read())
    check(tables, besides, words)
    with open(markdown, "w") as file:
        file.write(page(tables, besides, words))
    with open(dot, "w") as file:
        file.write(graph(tables))


def check(tables: list[Table], besides: dict[str, str], words: dict[str, str]) -> None:
    real = list(besides)
    for table in tables:
        real += [table.name, *(f"{table.name}.{column.name}" for column in table.columns), *table.indexes]
        if [reference for reference in table.references if reference.on_delete != "CASCADE" and reference.table != table.name]:
            sys.exit(f"{table.name}: a reference that does not cascade; the introduction of the page says otherwise")
    if silent := [name for name in real if name not in words]:
        sys.exit(f"no comment directly above it in {sys.argv[1]} says what this is for: {silent}")


def page(tables: list[Table], besides: dict[str, str], words: dict[str, str]) -> str:
    lines = [INTRODUCTION.format(bookkeeping="__diesel_schema_migrations")]
    for table in tables:
        lines += section(table, words)
    lines += ["## Only in SQLite", "", "| name | what it is | for |", "|---|---|---|"]
    lines += [f"| `{name}` | {kind} | {words[name]} |" for name, kind in besides.items()]
    return "\n".join(lines) + "\n"


def section(table: Table, words: dict[str, str]) -> list[str]:
    lines = [f"## {table.name}", "", words[table.name], "", "| column | PostgreSQL | SQLite | | for |", "|---|---|---|---|---|"]
    for column in table.columns:
        required = set(column.required.values())
        notes = ["key"] if column.key else []
        notes += [f"→ [{reference.table}](#{reference.table})" for reference in table.references if reference.columns == column.name]
        if required == {False}:
            notes.append("may be empty")
        elif required != {True}:
            notes.append("may be empty on " + next(store for store, it in column.required.items() if not it))
        types = [column.types["PostgreSQL"], column.types["SQLite"]]
        lines.append(f"| `{column.name}` | {' | '.join(types)} | {', '.join(notes)} | {words[f'{table.name}.{column.name}']} |")
    lines.append("")
    rules = [f"`{names}` is unique" for names in table.unique] + [f"`{rule}`" for rule in table.checks]
    if rules:
        lines += ["Held by the database: " + "; ".join(rules) + ".", ""]
    if table.indexes:
        lines += ["| index | on | for |", "|---|---|---|"]
        for name, stores in table.indexes.items():
            lines.append(f"| `{name}` | {on(stores)} | {words[name]} |")
        lines.append("")
    return lines


def on(stores: dict[str, str]) -> str:
    if len(stores) == 2 and len(set(stores.values())) == 1:
        return f"`{stores['SQLite']}`"
    return "; ".join(f"{store}: `{definition}`" for store, definition in stores.items())


def graph(tables: list[Table]) -> str:
    lines = [
        'digraph "The tables of tweetty and the references between them" {',
        'graph [rankdir=RL, bgcolor="#ffffff", pad=0.3, nodesep=0.4, ranksep=1.1]',
        'node [shape=plaintext, fontname="Helvetica", fontsize=12, fontcolor="#1f2328"]',
        'edge [color="#59636e", arrowhead=none, arrowtail=crow, dir=both, arrowsize=0.8]',
    ]
    for table in tables:
        rows = "".join(row(table, column.name, column.types["PostgreSQL"], column.key) for column in table.columns)
        lines.append(
            f'{table.name} [label=<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4" '
            f'COLOR="#59636e" BGCOLOR="#f6f8fa"><TR><TD COLSPAN="3" BGCOLOR="#ddf4ff"><B>{escape(table.name)}</B></TD>'
            f"</TR>{rows}</TABLE>>]"
        )
    for table in tables:
        for reference in table.references:
            lines.append(f"{table.name}:{reference.columns}:w -> {reference.table}:id_end:e")
    return "\n".join(lines) + "\n}\n"


def row(table: Table, name: str, kind: str, key: bool) -> str:
    marks = ["key"] if key else []
    marks += ["ref" for reference in table.references if reference.columns == name]
    return (
        f'<TR><TD PORT="{name}" ALIGN="LEFT">{escape(name)}</TD>'
        f'<TD ALIGN="LEFT"><FONT COLOR="#59636e">{escape(kind)}</FONT></TD>'
        f'<TD PORT="{name}_end" ALIGN="LEFT"><FONT COLOR="#0969da">{" ".join(marks) or " "}</FONT></TD></TR>'
    )


main()
