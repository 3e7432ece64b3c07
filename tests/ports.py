"""Ports for servers that a test starts as processes of their own."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def a_port() -> Iterator[int]:
    """A port of this machine that nobody else is given before the end of the block.

    Linux hands a bound port to no one who asks for any, and lets a server that names it listen there nevertheless, if
    both say SO_REUSEADDR, as servers do. A port merely looked up may be another's before a server has started.
    """
    with socket.socket() as keeper:
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeper.bind(("127.0.0.1", 0))
        yield keeper.getsockname()[1]
