"""The only room that knows Great Expectations, which takes seconds to load."""
