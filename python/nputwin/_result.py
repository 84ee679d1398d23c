"""What all results have: the JSON that they are made of, a table for pandas and for notebooks."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Sequence

if TYPE_CHECKING:
    import pandas

MOST_ROWS = 60  # that a notebook shows


class Result:
    """What a function of this package gives.

    Attributes:
      json: the document that ``nputwin VERB --format json`` prints.
      notes: what the tool would tell on stderr.
      status: what the tool's exit code would be: 0 the same or done, 1 differs or failed, 2 not complete.
    """

    json: Any
    notes: list[str]
    status: int

    def rows(self) -> list[dict[str, Any]]:
        """The table of this result: a dictionary for each row, with the same keys."""
        return []

    def headline(self) -> str:
        """The result in a sentence."""
        return type(self).__name__

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a pandas.DataFrame.

        Raises:
          ImportError: pandas is not installed.
        """
        try:
            import pandas
        except ImportError as e:
            raise ImportError("to_pandas() needs pandas: pip install pandas") from e
        return pandas.DataFrame(self.rows())

    def _repr_html_(self) -> str:
        rows = self.rows()
        table = html_table(rows[:MOST_ROWS])
        rest = f"<p>{len(rows) - MOST_ROWS} more rows in <code>to_pandas()</code></p>" if len(rows) > MOST_ROWS else ""
        return f"<p>{escaped(self.headline())}</p>{table}{rest}"

    def __str__(self) -> str:
        return "\n".join([self.headline(), *text_table(self.rows())])

    def __repr__(self) -> str:
        return f"<nputwin.{type(self).__name__}: {self.headline()}>"


def escaped(value: Any) -> str:
    # As html.escape does it; that module takes longer to import than all of ours.
    text = shown(value)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#x27;")):
        text = text.replace(character, entity)
    return text


def shown(value: Any) -> str:
    """A cell: six digits of a number; nothing where there is none."""
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def html_table(rows: Sequence[dict[str, Any]]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{escaped(name)}</th>" for name in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{escaped(value)}</td>" for value in row.values()) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def text_table(rows: Sequence[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    lines = [list(rows[0])] + [[shown(value) for value in row.values()] for row in rows]
    widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]


def flat(*records: Any, leave_out: Sequence[str] = ()) -> dict[str, Any]:
    """The plain values of dataclasses as one row: numbers, texts, and shapes as texts."""
    row: dict[str, Any] = {}
    for one in records:
        for field in dataclasses.fields(one):
            value = getattr(one, field.name)
            if field.name in leave_out:
                continue
            if field.name in ("shape", "index"):
                row[field.name] = ",".join(str(d) for d in value)
            elif value is None or isinstance(value, (bool, int, float, str)):
                row[field.name] = value
    return row
