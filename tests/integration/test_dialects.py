"""Other dialects' functions on PostgreSQL, against the values that their makers document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg2
import pytest
from integration.dialect_values import PROOFS, Proof
from integration.test_redshift import listed, same, translated

from builder.query.translate import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.redshift_values import Documented
    from psycopg2.extensions import connection

    from builder.engines import embedded


@pytest.fixture(scope="module")
def asked(server: embedded.Server) -> Iterator[connection]:
    """One session for all values."""
    session = psycopg2.connect(server.url)
    session.autocommit = True
    yield session
    session.close()


def given(sql: str, asked: connection) -> list[object]:
    """The values of one column that PostgreSQL gives."""
    cursor = asked.cursor()
    cursor.execute(sql)
    return [row[0] for row in cursor.fetchall()]


def proven(proof: Proof) -> list[Documented]:
    """The values that are to be had."""
    return [v for v in proof.values if not listed(v, [*proof.refused, *proof.different])]


CASES = [(proof.dialect, value) for proof in PROOFS for value in proven(proof)]
DIALECTS = pytest.mark.parametrize("proof", PROOFS, ids=[proof.dialect for proof in PROOFS])


@pytest.mark.parametrize(
    ("dialect", "value"), CASES, ids=[f"{d} {v.page} {v.sql}"[:100] for d, v in CASES]
)
def test_value_is_the_documented_one(dialect: str, value: Documented, asked: connection) -> None:
    """What a query gives on PostgreSQL is what its dialect's manual says it gives."""
    made = translated(value.sql, dialect)
    found = given(made.sql.text, asked) if not made.problems else []

    assert () == made.problems
    assert len(value.expected) == len(found), made.sql.text
    assert all(map(same, value.expected, found)), (value.expected, found, made.sql.text)


@DIALECTS
def test_what_cannot_be_had_is_refused_by_name(proof: Proof) -> None:
    """Each documented value that is not translated has an error that names what is not."""
    for value in proof.values:
        if words := listed(value, [*proof.refused]):
            messages = [one.message for one in translated(value.sql, proof.dialect).problems]

            assert any(words in message for message in messages), (value.sql, messages)


@DIALECTS
def test_known_difference_is_still_there(proof: Proof, asked: connection) -> None:
    """A difference that the documentation tells of is one: else it is to be told no longer."""
    for difference in proof.different:
        is_different = False
        for value in proof.values:
            if listed(value, [difference]):
                try:
                    found = given(translated(value.sql, proof.dialect).sql.text, asked)
                    is_different |= [*value.expected] != found
                except psycopg2.Error:
                    is_different = True

        assert is_different, difference


@DIALECTS
def test_every_function_on_the_list_has_a_documented_value(proof: Proof) -> None:
    """No function is translated that no value proves."""
    shown = " ".join(value.sql.upper() for value in proven(proof))
    missing = [name for name in LANGUAGES[proof.dialect].functions if f"{name}(" not in shown]

    assert [] == missing


@DIALECTS
def test_every_reason_to_refuse_or_differ_has_a_value(proof: Proof) -> None:
    """No refusal and no difference is listed that no value shows."""
    idle = [
        where
        for where in (*proof.refused, *proof.different)
        if not any(listed(value, [where]) for value in proof.values)
    ]

    assert [] == idle
