"""A cable between a builder and its server, which a test cuts at a statement."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from integration.warehouse import at

if TYPE_CHECKING:
    from collections.abc import Iterator

Where = Literal["before", "after"]
"""Whether the server still hears of the statement at which the cable is cut."""
MARK = b"INSERT INTO builder.versions"
"""What a publish's last statements have in them; the COMMIT comes with them or next."""


class Cable:
    """A port on the loopback that leads to a server. It is cut at most `times` times."""

    def __init__(self, url: str, cut: Where, times: int) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "", parts.port or 0)
        self._cut, self._left = cut, times
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = at(url, port=self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No further connection is taken."""
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(self._server)
                threading.Thread(target=self._up, args=(client, server), daemon=True).start()
                threading.Thread(target=_pass_on, args=(server, client), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        """What the client says; a COMMIT with, or after, the journal's row is the place to cut."""
        is_publishing = False
        with suppress(OSError):
            while data := client.recv(65536):
                is_publishing |= MARK in data
                if is_publishing and b"COMMIT" in data and self._left > 0:
                    self._left -= 1
                    client.shutdown(socket.SHUT_RDWR)
                    if self._cut == "after":
                        server.sendall(data)
                        server.recv(65536)
                    break
                is_publishing &= b"COMMIT" not in data
                server.sendall(data)
        _hang_up(client, server)


def _pass_on(here: socket.socket, there: socket.socket) -> None:
    with suppress(OSError):
        while data := here.recv(65536):
            there.sendall(data)
    _hang_up(here, there)


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def cable(url: str, cut: Where, times: int = 1) -> Iterator[str]:
    """The server's address at the other end of a cable."""
    one = Cable(url, cut, times)
    try:
        yield one.url
    finally:
        one.close()
