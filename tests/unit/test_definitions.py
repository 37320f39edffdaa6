"""What the server tells of triggers and rules, on another table, whatever names stand in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.tables import STAGED_SQL

from builder.engines.postgres.definitions import rule_on, trigger_on
from builder.errors import PublishFailed
from builder.relation import Relation, quoted

STAGED = Relation("analytics", "temp_sales")
HOSTILE = [
    "sales",
    '"Sales of %"',
    '"a ON b"',
    '"x"" BEFORE INSERT ON ""y"',
    '"a USING b, c"',
    '"한국 매출"',
    '"a.b"',
    '"(("',
    '"ON ""s"".""t"" FOR EACH ROW"',
]
NAMES = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20
) | st.sampled_from([' ON "', '" ON ', '"', " BEFORE INSERT ON ", ", ", '"" AS ON'])


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        ("CREATE TRIGGER t BEFORE INSERT ON ", " FOR EACH ROW EXECUTE FUNCTION s.f()"),
        (
            "CREATE TRIGGER t AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON ",
            " REFERENCING OLD TABLE AS o FOR EACH STATEMENT EXECUTE FUNCTION f(' ON s.t ')",
        ),
        (
            'CREATE TRIGGER t AFTER INSERT OR UPDATE OF a, "b, ON c" ON ',
            " FOR EACH ROW WHEN ((new.a > 1)) EXECUTE FUNCTION s.f('x')",
        ),
        (
            "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON ",
            " FROM s.other DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION s.f()",
        ),
    ],
)
def test_trigger_is_put_on_another_table(head: str, rest: str) -> None:
    """Only its table changes: events, columns, condition and arguments stay as they are."""
    assert f"{head}{STAGED_SQL}{rest}" == trigger_on(f"{head}analytics.sales{rest}", STAGED)


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        ("CREATE RULE r AS\n    ON DELETE TO ", " DO INSTEAD NOTHING"),
        ("CREATE RULE r AS\n    ON INSERT TO ", "\n   WHERE (new.a > 1) DO ALSO  SELECT ' TO t ;'"),
        ("CREATE RULE r AS\n    ON UPDATE TO ", " DO ( DELETE FROM s.a;\n DELETE FROM s.b;\n)"),
    ],
)
def test_rule_is_put_on_another_table(head: str, rest: str) -> None:
    """Only the table that it stands on changes, and the semicolon at its end goes."""
    assert f"{head}{STAGED_SQL}{rest}" == rule_on(f"{head}analytics.sales{rest};", STAGED)


@pytest.mark.parametrize("table", [*HOSTILE, *(f'"my schema".{name}' for name in HOSTILE)])
@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_look_like_sql_are_names(name: str, table: str) -> None:
    """Quotes, spaces, commas, brackets, Korean, and words like ON that stand within quotes."""
    trigger = f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {name}, a ON "
    rest = f" FOR EACH ROW EXECUTE FUNCTION {name}()"
    rule = f"CREATE RULE {name} AS\n    ON DELETE TO "

    assert f"{trigger}{STAGED_SQL}{rest}" == trigger_on(f"{trigger}{table}{rest}", STAGED)
    assert f"{rule}{STAGED_SQL} DO NOTHING" == rule_on(f"{rule}{table} DO NOTHING;", STAGED)


@settings(max_examples=50)
@given(NAMES, NAMES, NAMES, NAMES)
def test_any_name_may_stand_anywhere(name: str, column: str, schema: str, table: str) -> None:
    """A quoted name ends at its last quote, whatever is in it; nothing else is taken for it."""
    here, there = Relation(schema, table), Relation(table, column)
    trigger = f"CREATE TRIGGER {quoted(name)} AFTER UPDATE OF {quoted(column)} ON {{}} FOR EACH"
    rule = f"CREATE RULE {quoted(name)} AS\n    ON UPDATE TO {{}} DO INSTEAD NOTHING"
    made = [_filled(text, there) for text in (trigger, rule)]

    assert made == [
        trigger_on(_filled(trigger, here), there),
        rule_on(_filled(rule, here) + ";", there),
    ]


def _filled(text: str, table: Relation) -> str:
    head, rest = text.rsplit("{}", 1)
    return head + table.sql + rest


@pytest.mark.parametrize("text", ["", "CREATE VIEW v AS SELECT 1", "CREATE TRIGGER t ON s.t "])
def test_what_the_server_would_not_say_is_no_statement(text: str) -> None:
    """Rather nothing than a statement on the wrong table."""
    with pytest.raises(PublishFailed, match="tells as: " + re.escape(text)):
        trigger_on(text, STAGED)
    with pytest.raises(PublishFailed, match="tells as: " + re.escape(text)):
        rule_on(text, STAGED)
