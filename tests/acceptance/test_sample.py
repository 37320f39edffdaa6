"""This repository's own summaries on the sample warehouse: counts and a few exact values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rig import Database, Project

SUMMARIES = {
    "nps_summary": 545,
    "mau_summary": 18,
    "channel_summary": 25_354,
    "user_session_summary": 102_626,
    "nps_monthly_summary": 18,
    "channel_month_summary": 130,
}
RAW = {
    "channel": 8,
    "nps": 155_670,
    "session_timestamp": 102_626,
    "session_transaction": 14_794,
    "user_session_channel": 102_626,
}
BY_HAND = """
SELECT to_char(ts, 'YYYY-MM'), channel, count(DISTINCT userid),
    count(DISTINCT userid) FILTER (WHERE amount > 0),
    round(100.0 * count(DISTINCT userid) FILTER (WHERE amount > 0) / count(DISTINCT userid), 2),
    coalesce(sum(amount), 0), coalesce(sum(amount) FILTER (WHERE NOT refunded), 0)
FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
LEFT JOIN (SELECT DISTINCT * FROM raw_data.session_transaction) AS paid USING (sessionid)
GROUP BY 1, 2
"""
"""What channel_month_summary says in Redshift's SQL."""


def counts(database: Database, schema: str, tables: dict[str, int]) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table: int(database.value(f"SELECT count(*) FROM {schema}.{table}")) for table in tables
    }


def test_the_sample(sample: Database) -> None:
    """The sample has the same rows everywhere, and what real data has."""
    assert counts(sample, "raw_data", RAW) == RAW
    assert (0, 0, 545) == sample.rows(
        "SELECT count(*) FILTER (WHERE created_at::date = '2025-10-06'), "
        "count(*) FILTER (WHERE created_at IS NULL), count(DISTINCT created_at::date) "
        "FROM raw_data.nps"
    )[0]
    assert (True, True, True, True) == sample.rows(
        "SELECT EXISTS (SELECT FROM raw_data.nps WHERE score IS NULL), "
        "EXISTS (SELECT FROM raw_data.session_transaction WHERE refunded), "
        "EXISTS (SELECT FROM raw_data.session_transaction WHERE amount IS NULL), "
        "EXISTS (SELECT channel FROM raw_data.user_session_channel "
        "EXCEPT SELECT channelname FROM raw_data.channel)"
    )[0]


def test_the_summaries(sample_project: Project, sample: Database) -> None:
    """All summaries are built in one command, and hold what they always did."""
    done = sample_project.run("build", *SUMMARIES)

    assert (0, "") == (done.returncode, done.stderr)
    assert counts(sample, "analytics", SUMMARIES) == SUMMARIES
    assert [
        (date(2025, 1, 1), Decimal("12.90")),
        (date(2025, 1, 2), Decimal("14.40")),
    ] == sample.rows("SELECT date, nps FROM analytics.nps_summary ORDER BY date LIMIT 2")
    assert 0 == sample.value(
        "SELECT count(*) FROM analytics.nps_summary WHERE date = '2025-10-06' OR nps IS NULL"
    )
    assert [3345, 3102, 3719, 3658, 4013] == [
        row[0]
        for row in sample.rows("SELECT mau FROM analytics.mau_summary ORDER BY month LIMIT 5")
    ]
    assert [("2025-01", 31, Decimal("15.97"), date(2025, 1, 7), date(2025, 1, 18))] == sample.rows(
        "SELECT month, days, average_nps, best_day, worst_day FROM analytics.nps_monthly_summary "
        "ORDER BY month LIMIT 1"
    )
    assert [] == sample.rows(
        "SELECT month, channel, users, paying_users, conversion_rate::numeric, gross_revenue, "
        f"net_revenue FROM analytics.channel_month_summary EXCEPT {BY_HAND}"
    )
    described = "SELECT col_description('analytics.nps_summary'::regclass, 1)"
    assert "Day of the answers, UTC" == sample.value(described)
