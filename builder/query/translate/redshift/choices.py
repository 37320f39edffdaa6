"""Redshift's functions that choose among values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.language import Call, Rule, as_text, template
from builder.query.translate.nodes import common_of
from builder.query.translate.shared.choices import DECODE, LENIENT, STANDARD, common_kind
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind


def _nvl2(call: Call) -> Expr:
    """Both results have the type of the first (r_NVL2)."""
    last = as_text(call, 2) if call.kinds[1] == "text" else call.args[2]
    return filled("CASE WHEN _1 IS NOT NULL THEN _2 ELSE _3 END", *call.args[:2], last)


def _nvl2_kind(call: Call) -> Kind | None:
    return "text" if call.kinds[1] == "text" else common_of(call.args[1:])


CHOICES = {
    **STANDARD,
    **LENIENT,
    "DECODE": DECODE,  # r_DECODE_expression
    "ISNULL": template("COALESCE(_1, _2)", common_kind, 2),
    "NVL": template("COALESCE(_rest)", common_kind, 1, 99),
    "NVL2": Rule(3, 3, _nvl2, _nvl2_kind),
}
