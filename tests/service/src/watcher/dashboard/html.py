"""Small helpers that write HTML and escape whatever is not HTML already."""

from collections.abc import Iterable, Sequence
from html import escape


class Markup(str):
    """Text that is HTML already."""


def text(value: object) -> Markup:
    if isinstance(value, Markup):
        return value
    return Markup("" if value is None else escape(str(value)))


def link(address: str, label: object) -> Markup:
    return Markup(f'<a href="{escape(address)}">{text(label)}</a>')


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    header = "".join(f"<th>{text(cell)}</th>" for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in row) + "</tr>\n" for row in rows
    )
    return Markup(f"<table>\n<tr>{header}</tr>\n{body}</table>\n")


def facts(pairs: Iterable[tuple[str, object]]) -> Markup:
    body = "".join(f"<dt>{text(name)}</dt><dd>{text(value)}</dd>\n" for name, value in pairs)
    return Markup(f"<dl>\n{body}</dl>\n")


def page(title: str, *parts: Markup) -> str:
    navigation = " ".join(
        link(f"/dashboard{path}", label)
        for path, label in (
            ("/overview", "Overview"),
            ("/watches", "Watches"),
            ("/changes", "Changes"),
            ("/channels", "Channels"),
            ("/tags", "Tags"),
        )
    )
    return (
        "<!doctype html>\n"
        f'<html lang="en">\n<head><meta charset="utf-8"><title>{text(title)}</title></head>\n'
        f"<body>\n<nav>{navigation}</nav>\n<h1>{text(title)}</h1>\n{''.join(parts)}</body>\n"
        "</html>\n"
    )
