"""What SQL is allowed, what it reads, and what it is in the engine's own dialect."""

from builder.query.guard import Select, select
from builder.query.plan import Plan, examined, plan
from builder.query.render import render
from builder.query.text import Rendered

__all__ = ["Plan", "Rendered", "Select", "examined", "plan", "render", "select"]
