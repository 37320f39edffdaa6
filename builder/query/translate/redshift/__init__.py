"""Amazon Redshift's SQL: what is proven to give the same values on PostgreSQL.

The pages that comments name are those of its Database Developer Guide,
https://docs.aws.amazon.com/redshift/latest/dg/PAGE.html. tests/integration/test_redshift.py holds
every function against the values that they give.
"""

from builder.query.translate.constructs import COMMON
from builder.query.translate.language import Language
from builder.query.translate.redshift.aggregates import AGGREGATES
from builder.query.translate.redshift.choices import CHOICES
from builder.query.translate.redshift.moments import MOMENTS, SPECIAL_MOMENTS
from builder.query.translate.redshift.numbers import NUMBERS
from builder.query.translate.redshift.texts import SPECIAL_TEXTS, TEXTS

REDSHIFT = Language(
    name="redshift",
    title="Redshift",
    functions={**AGGREGATES, **CHOICES, **MOMENTS, **NUMBERS, **TEXTS},
    constructs=COMMON
    | {"Qualify", "ApproxDistinct", "ILike", "SimilarTo", "RegexpLike", "RegexpILike"}
    | {"AtTimeZone", "Pow", "ByteString", "RawString"},
    days_in_timestamps=True,
    storage_words=frozenset({"DISTKEY", "SORTKEY"}),
    instead={
        "DATE_PART_YEAR": "write DATE_PART(year, …)",
        "IF": "write CASE WHEN … THEN … ELSE … END",
        "IFF": "write CASE WHEN … THEN … ELSE … END",
        "IFNULL": "write NVL(…)",
        "TO_NUMBER": "write …::numeric(p, s)",
        "TO_TIMESTAMP": "write …::timestamp",
        **{
            part: f"write EXTRACT({part.lower()} FROM …)"
            for part in ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND")
        },
    },
    plus_joins=True,
    zone_of_session=True,
    # r_Numeric_types201, r_Character_types: DECIMAL is DECIMAL(18,0)
    types={
        "SMALLINT": "smallint",
        "INT": "integer",
        "BIGINT": "bigint",
        "FLOAT": "real",
        "DOUBLE": "double precision",
        "DECIMAL": "numeric(18, 0)",
        "DECIMAL()": "numeric()",
        "BOOLEAN": "boolean",
        "CHAR": "char(1)",
        "CHAR()": "char()",
        "NCHAR": "char(1)",
        "NCHAR()": "char()",
        "BPCHAR": "bpchar",
        "VARCHAR": "varchar",
        "VARCHAR()": "varchar()",
        "NVARCHAR": "varchar",
        "NVARCHAR()": "varchar()",
        "TEXT": "text",
        "DATE": "date",
        "TIME": "time",
        "TIMESTAMP": "timestamp",
        "TIMESTAMPTZ": "timestamptz",
    },
    special={**SPECIAL_MOMENTS, **SPECIAL_TEXTS},
)
