"""SummaryFile: the dict of a summary file as a type, for editors and type checkers alone.

Nothing of the builder reads it. An editor knows nothing of a bare dict; of one that is annotated
it completes the keys, shows what stands below them here, and underlines what is wrong:

    from builder import SummaryFile

    summary: SummaryFile = {
        "table": …
    }

What the engines behind editors make of it stands in docs/decisions/0005-editor-help.md. The keys
that the builder takes are those of `builder/summary/keys.py`; a test compares the two. A check and
an expectation are one type: of a union of two, editors underline the whole list and not the key.
"""

from __future__ import annotations

from typing import Any, Literal, Required, TypedDict

_Scalar = str | int | float | bool | None


class Change(TypedDict, total=False):
    """How far a number may be from the last published run's, as shares of that."""

    down: float | None
    """How much less it may be: 0.1 is 10 %; without a bound if left out."""
    up: float | None
    """How much more it may be."""


class Check(TypedDict, total=False):
    """One thing that must hold: a query and its bound, or an expectation and its arguments."""

    sql: str
    """One SELECT that returns one number; `{schema}.temp_{table}` is the table under check."""
    count: int | float | None
    """What the number is compared with."""
    op: Literal["ge", "eq", "ne", "gt", "le", "lt"]
    """How it is compared; `'ge'`, at least, where nothing is said."""
    max_change: float | Change | None
    """How far the number may be from the last published run's: 0.3 is 30 % more or less."""
    anomaly: bool
    """True compares the number with those of the last runs, once there are enough."""
    severity: Literal["critical", "warning", "info"]
    """`'critical'`, the default, stops the run; the others do not."""
    expect: str
    """An expectation, as Great Expectations calls it; its arguments follow."""
    on: str
    """The table, `'schema.table'`, that a check without SQL in `input_check` is about."""
    sum: str
    """The column whose sum is compared with earlier runs."""
    mean: str
    """The column whose mean is compared with earlier runs."""
    null_share: str
    """The column whose share of NULLs is compared with earlier runs."""
    fresh: str
    """The column of moments or dates whose newest one must not be old."""
    within: str
    """How old that may be: `'1 day'`, `'2 hours 30 minutes'`."""
    time_zone: str
    """Where moments without a time zone were written down; default `'UTC'`."""
    references: str
    """The column, `'schema.table.column'`, in which every value of `column` must stand."""

    # The arguments of the expectations that Great Expectations 1.24 brings.
    allow_relative_error: Any
    base_query: Any
    bucketize_data: Any
    column: Any
    column_A: Any
    column_B: Any
    column_index: Any
    column_list: Any
    column_set: Any
    comparison_query: Any
    condition_parser: Any
    double_sided: Any
    escape: Any
    exact_match: Any
    ignore_row_if: Any
    internal_weight_holdout: Any
    json_schema: Any
    like_pattern: Any
    like_pattern_list: Any
    match_on: Any
    max_value: Any
    method: Any
    min_value: Any
    mostly: Any
    multiplier: Any
    or_equal: Any
    other_table_name: Any
    partition_object: Any
    quantile_ranges: Any
    regex: Any
    regex_list: Any
    row_condition: Any
    strftime_format: Any
    strict_max: Any
    strict_min: Any
    strictly: Any
    sum_total: Any
    tail_weight_holdout: Any
    threshold: Any
    ties_okay: Any
    type_: Any
    type_list: Any
    unexpected_rows_query: Any
    value: Any
    value_pairs_set: Any
    value_set: Any


class Column(TypedDict, total=False):
    """What a file says of one column."""

    description: str
    """The comment on the column."""
    sensitive: bool
    """Whether its values are masked where failing rows are shown."""


class Drift(TypedDict, total=False):
    """How severe it is that the staged columns differ from the live ones."""

    added: Literal["critical", "warning", "info"]
    """There are new columns; default `'warning'`."""
    removed: Literal["critical", "warning", "info"]
    """Columns are gone; default `'critical'`."""
    changed: Literal["critical", "warning", "info"]
    """Columns have another type; default `'critical'`."""


class SummaryFile(TypedDict, total=False):
    """One summary table: where it goes, the query that makes it, and what must hold."""

    table: Required[str]
    """The table's name, the same as the file's; at most 58 bytes."""
    schema: Required[str]
    """The schema that the table is built into; made if it is not there."""
    main_sql: Required[str]
    """The one SELECT that makes the table."""
    input_check: list[Check]
    """What must hold before anything is staged: that the sources are complete."""
    output_check: list[Check]
    """What must hold of the staged table before it is published."""
    pre_sql: str | list[str]
    """Statements before the table is staged, in its transaction."""
    after_sql: str | list[str]
    """Statements after the table is published, in a transaction of their own."""
    post_sql: str | list[str]
    """The same as `after_sql`, which runs first."""
    attributes: str
    """Between the table's name and AS, on Redshift; without effect elsewhere."""
    overwrite: bool
    """True replaces the table, which is what every build does; False is refused."""
    primary_key: list[str]
    """The columns that tell rows apart; a double or a NULL keeps the table from going live."""
    unique: list[list[str]]
    """Lists of columns of which no two rows have the same."""
    indexes: list[list[str] | str]
    """Lists of columns, or what follows the table's name in CREATE INDEX."""
    description: str
    """The comment on the table."""
    columns: dict[str, str | Column]
    """The comment on each column, by its name."""
    owner: str
    """Who is told."""
    tags: list[str]
    """Words to find the summary by."""
    publish: Literal["auto", "swap", "merge"]
    """How the table goes live; `auto` swaps, and merges where a swap cannot be."""
    keep: int
    """How many replaced versions are kept; default 1."""
    allow_empty: bool
    """True lets a result without rows replace rows; default False."""
    old_snapshots: Literal["wait", "publish"]
    """What to do about readers with an old snapshot: wait for them, or publish."""
    publish_timeout: float
    """Seconds for getting past readers at the swap; default 60."""
    timeout: float
    """Seconds for the whole build; without it there is no bound."""
    materialized_views: Literal["refuse", "refresh"]
    """What to do about materialized views on the table: refuse the publish, or refresh them."""
    row_security: bool
    """True reads sources although row security hides rows; default False: an error."""
    schema_drift: Literal["critical", "warning", "info"] | Drift
    """How severe it is that the columns differ from those of the live table."""
    check_timeout: float
    """Seconds for one check; default 600."""
    failing_rows: Literal["hide", "show", "keep"]
    """Whether failing rows are shown, and kept in the journal as well."""
    dialect: str
    """The SQL's dialect; default: the project's, else the warehouse's own."""
    connection: str
    """The name of the warehouse's connection: AIRFLOW_CONN_<NAME>."""
    params: dict[str, _Scalar]
    """Values for `{name}` in the SQL, which `--param name=value` overrides."""
    schedule: str | dict[str, Any]
    """When Airflow builds it; without effect so far."""
    upstream: str | list[Any] | dict[str, Any]
    """What Airflow waits for; without effect so far."""
    run_if: str | dict[str, Any]
    """Whether Airflow builds it; without effect so far."""
    retries: int
    """How often Airflow tries again; without effect so far."""
    wait_for_inputs: str | int | float
    """How long Airflow waits for the inputs; without effect so far."""
    window: dict[str, Any]
    """The part of the table that a build replaces; without effect so far."""
