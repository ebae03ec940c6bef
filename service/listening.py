"""Ports that the service holds itself: its parts inherit them, so that no stranger ever answers in their place."""

from __future__ import annotations

import contextlib
import socket

from refusals import Refusal

_BACKLOG = 512


class NoPort(Refusal):
    """No port can be had at that address; the text says so in Russian."""

    http_status = 500


def listen(host: str, wanted: int) -> socket.socket:
    """Bound and listening: on the wanted port when nobody has it, else on any free one. Raises NoPort."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError):
            return _listening(host, port)
    raise NoPort(f"Слушать по адресу {host} нельзя: такого адреса у этой машины нет. Проверьте [page] host.")


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def free_port(host: str, wanted: int) -> int:
    """For a part that binds its port itself. Raises NoPort."""
    with listen(host, wanted) as listener:
        return port_of(listener)


def _listening(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # inherited by what is accepted
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
