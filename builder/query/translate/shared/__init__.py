"""Rules that the lists of several dialects share: each stands once, and means one thing."""
