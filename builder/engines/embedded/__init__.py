"""A private Postgres from a wheel, started on first use and gone by itself when nobody uses it.

`start` hands out a server that answers, whatever ran, crashed or was killed before; two
commands that start at once get the same one. The server listens on the loopback with a
password that only the folder's owner can read, and outlives the command and its terminal.

It ends itself after 30 minutes without a client (`BUILDER_IDLE_STOP_SECONDS`, 0 for never;
the command that starts it decides). A command that took its address from `start` is safe from
that: asking counts as use, and both stand behind one lock. One that took it from `attach` may
find the server gone when it connects, and asks `start` then. A client that connects in the
very instant of the end is served until it leaves; whoever starts meanwhile waits for it.

What no file can tell: a server whose backend was killed drops all clients and recovers, for some
100 ms, while it still calls itself ready. Who cannot connect asks `start` again and tries again.

A *home* is the folder of one server, see `home.py`, which also says how a dead one is told
from a living one. `root.py` says how it runs for root, whom Postgres refuses.
"""

from builder.engines.embedded.server import Server, attach, reset, start, stop

__all__ = ["Server", "attach", "reset", "start", "stop"]
