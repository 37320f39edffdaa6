"""Values of Redshift's functions as Amazon's developer guide documents them.

There is no Redshift to ask here, so its guide is the witness: the examples that it prints, and
what follows from its words. Where it is silent or contradicts itself there is no value. Compare
with ==, so that Decimal("25.0") is 25.
"""

from integration.redshift_values.aggregates import AGGREGATES
from integration.redshift_values.calendars import CALENDARS
from integration.redshift_values.casts import TYPES
from integration.redshift_values.choices import CHOICES
from integration.redshift_values.dateparts import DATEPARTS
from integration.redshift_values.dates import DATES
from integration.redshift_values.documented import Documented
from integration.redshift_values.json_texts import JSON_TEXTS
from integration.redshift_values.numbers import NUMBERS
from integration.redshift_values.patterns import PATTERNS
from integration.redshift_values.rows import ROWS
from integration.redshift_values.strings import STRINGS
from integration.redshift_values.texts import TEXTS
from integration.redshift_values.windows import WINDOWS

VALUES: tuple[Documented, ...] = (
    *(*DATES, *DATEPARTS, *CALENDARS),
    *(*CHOICES, *TYPES, *NUMBERS),
    *(*ROWS, *AGGREGATES, *WINDOWS),
    *(*TEXTS, *STRINGS, *PATTERNS, *JSON_TEXTS),
)

__all__ = ["VALUES", "Documented"]
