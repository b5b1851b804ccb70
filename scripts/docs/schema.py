"""Reads the schema of both stores as they really are.

What both must share (tables, columns, keys) is compared here, so that a migration of one store alone is noticed.
"""

import json
import re
import sqlite3
from dataclasses import dataclass, field

# Kept by the migration library, not by us.
BOOKKEEPING = "__diesel_schema_migrations"


@dataclass
class Column:
    name: str
    types: dict[str, str]
    required: dict[str, bool]
    key: bool = False


@dataclass
class Reference:
    columns: str
    table: str
    on_delete: str


@dataclass
class Table:
    name: str
    columns: list[Column]
    references: list[Reference]
    unique: list[str]
    checks: list[str]
    # Name, and what each store says of it.
    indexes: dict[str, dict[str, str]] = field(default_factory=dict)


def read(sqlite_file: str, catalogue: str) -> tuple[list[Table], dict[str, str]]:
    """The tables of both stores, and what SQLite has besides: name and kind."""
    postgres = from_postgres(json.loads(catalogue))
    sqlite, besides = from_sqlite(sqlite_file)
    here, there = shape(postgres), shape(sqlite)
    if here != there:
        raise SystemExit(
            "the stores differ in tables, columns, keys or references:\n"
            f"PostgreSQL {[table for table in here if table not in there]}\n"
            f"SQLite {[table for table in there if table not in here]}"
        )
    for table, other in zip(postgres, sqlite):
        for column, twin in zip(table.columns, other.columns):
            column.types |= twin.types
            column.required |= twin.required
        for name, stores in other.indexes.items():
            table.indexes.setdefault(name, {}).update(stores)
        table.indexes = dict(sorted(table.indexes.items()))
    return postgres, besides


def shape(tables: list[Table]) -> list:
    """What both stores must have in common."""
    return [
        (
            table.name,
            # A key that came later stands behind in PostgreSQL, which adds columns at the end alone.
            sorted(((column.name, column.key) for column in table.columns), key=lambda column: not column[1]),
            sorted((reference.columns, reference.table, reference.on_delete) for reference in table.references),
            sorted(table.unique),
        )
        for table in tables
    ]


def from_postgres(catalogue: dict) -> list[Table]:
    tables = {}
    for entry in catalogue["columns"]:
        if entry["table"] == BOOKKEEPING:
            continue
        table = tables.setdefault(entry["table"], Table(entry["table"], [], [], [], []))
        name = re.sub(r"timestamp\((\d)\) with time zone", r"timestamptz(\1)", entry["type"])
        table.columns.append(Column(entry["name"], {"PostgreSQL": name}, {"PostgreSQL": entry["required"]}))
    for entry in catalogue["constraints"]:
        if entry["table"] in tables:
            constrain(tables[entry["table"]], entry["kind"], entry["definition"])
    for entry in catalogue["indexes"]:
        if entry["table"] in tables:
            unique = "UNIQUE " if " UNIQUE " in entry["definition"] else ""
            _, definition = entry["definition"].split(" USING ", 1)
            definition = unique + definition.removeprefix("btree ")
            tables[entry["table"]].indexes[entry["name"]] = {"PostgreSQL": tidy(definition)}
    return [tables[name] for name in sorted(tables)]


def constrain(table: Table, kind: str, definition: str) -> None:
    names = re.search(r"\((.*?)\)", definition).group(1)
    match kind:
        case "p":
            for column in table.columns:
                column.key = column.name in names.split(", ")
        case "u":
            table.unique.append(names)
        case "f":
            target, rule = re.search(r"REFERENCES (\w+)\(\w+\)(?: ON DELETE (.*))?", definition).groups()
            table.references.append(Reference(names, target, rule or "NO ACTION"))
        case "c":
            table.checks.append(tidy(definition.removeprefix("CHECK ((").removesuffix("))")))


def from_sqlite(file: str) -> tuple[list[Table], dict[str, str]]:
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    objects = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name").fetchall()
    virtual = [name for kind, name, _, sql in objects if kind == "table" and sql.startswith("CREATE VIRTUAL")]
    shadows = [name for _, name, _, _ in objects if any(name.startswith(f"{of}_") for of in virtual)]
    tables, besides = [], {name: "virtual table" for name in virtual}
    for kind, name, of, sql in objects:
        own = name not in shadows + virtual and not name.startswith("sqlite_") and name != BOOKKEEPING
        if kind == "trigger":
            besides[name] = "trigger"
        elif kind == "table" and own:
            tables.append(sqlite_table(database, name))
    for kind, name, of, sql in objects:
        if kind == "index" and sql is not None:
            unique = "UNIQUE " if sql.startswith("CREATE UNIQUE") else ""
            definition = unique + sql.split(f" ON {of} ", 1)[1]
            next(table for table in tables if table.name == of).indexes[name] = {"SQLite": tidy(definition)}
    return tables, besides


def sqlite_table(database: sqlite3.Connection, name: str) -> Table:
    columns = [
        Column(column, {"SQLite": kind.lower()}, {"SQLite": bool(required or key)}, bool(key))
        for _, column, kind, required, _, key in database.execute(f"PRAGMA table_info({name})")
    ]
    references = [
        Reference(row[3], row[2], row[6]) for row in database.execute(f"PRAGMA foreign_key_list({name})")
    ]
    unique = [
        ", ".join(column for _, _, column in database.execute(f"PRAGMA index_info({index})"))
        for _, index, _, origin, _ in database.execute(f"PRAGMA index_list({name})")
        if origin == "u"
    ]
    return Table(name, columns, references, unique, [])


def tidy(definition: str) -> str:
    """One notation for what the stores write differently."""
    definition = re.sub(r'::\w+|"', "", " ".join(definition.split()))
    definition = re.sub(r"WHERE \((.*)\)$", r"WHERE \1", definition)
    return re.sub(r"gin \(\(.*string_to_array\((\w+),.*", r"gin (runs of 1, 2 and 3 characters of \1)", definition)
