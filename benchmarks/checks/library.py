"""Great Expectations as its documentation has it run: `python -m benchmarks.checks.library URL …`.

Reads expectations as JSON from stdin, makes a suite of them and validates a batch of the table with
it, in an ephemeral context and with the settings that it has by itself. Prints the seconds that the
validation took, its import and the context not among them.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings


def main() -> None:
    """Validate, and print the seconds of each round."""
    url, schema, table, rounds = sys.argv[1:]
    os.environ.update(GX_ANALYTICS_ENABLED="false", TQDM_DISABLE="1")
    warnings.simplefilter("ignore")
    import great_expectations as gx  # noqa: TID251 -- it is what is measured
    from great_expectations.expectations.registry import (  # noqa: TID251 -- the same
        get_expectation_impl,
    )

    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_postgres("warehouse", connection_string=url)
    asset = source.add_table_asset("orders", table_name=table, schema_name=schema)
    batch = asset.add_batch_definition_whole_table("whole").get_batch()
    suite = gx.ExpectationSuite(name="twenty")
    for name, arguments in json.load(sys.stdin):
        suite.add_expectation(get_expectation_impl(name)(**arguments))
    took = []
    for _ in range(int(rounds)):
        begun = time.perf_counter()
        found = batch.validate(suite)
        took.append(time.perf_counter() - begun)
        if not found.success:
            raise SystemExit(f"a check does not hold there: {found}")
    print(json.dumps(took))


if __name__ == "__main__":
    main()
