"""Values of other dialects' functions as their makers document them.

None of these warehouses is here to be asked, so their manuals are the witnesses: what they print,
and what follows from their words. Where one is silent there is no value, and no function.
"""

from integration.dialect_values.bigquery import BIGQUERY
from integration.dialect_values.mysql import MYSQL
from integration.dialect_values.snowflake import SNOWFLAKE
from integration.dialect_values.spark import SPARK
from integration.dialect_values.table import Proof

PROOFS: tuple[Proof, ...] = (BIGQUERY, MYSQL, SNOWFLAKE, SPARK)

__all__ = ["PROOFS", "Proof"]
