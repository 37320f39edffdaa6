"""What SQL is allowed, what it reads, and what it is in the engine's own dialect.

plan        all SQL of one summary, ready to be sent before anything has been   <- start here
render      the holes of a file's SQL, filled
guard       one SELECT, or an error with its place; `sources` are the relations that it reads
slips, words, mistakes, misread, commas, spelling, foreign
            what was probably meant where SQL is wrong, before, by and after the parser
calls       trees whose function calls are still what their author wrote
translate/  another dialect's SQL in the engine's, by lists of what is proven
counted     the rows that a query counts
memory      the plans of unchanged files
text, names the way back to the file; how a dialect reads names
"""

from builder.query.counted import rows_counted
from builder.query.guard import Select, select
from builder.query.plan import Plan, examined, plan
from builder.query.render import render
from builder.query.text import Rendered

__all__ = ["Plan", "Rendered", "Select", "examined", "plan", "render", "rows_counted", "select"]
