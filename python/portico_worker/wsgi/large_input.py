"""A request whose body takes much memory, or a file: wsgi.input is closed when the request is over.

Frameworks leave references that go in circles (Django's request and its upload handlers refer to each other), so Python may find much
later that nobody needs the body. A file that the edge has removed would take its room on the disk for as long, beyond --max-spool, and a
descriptor of the worker.
"""

from __future__ import annotations

from contextlib import suppress
from typing import IO, Any, Callable

from .conversation import Conversation
from .environ import Environ


class LargeInputConversation(Conversation):
    input: IO[bytes]

    def run(self, application: Callable[[Environ, Any], Any], environ: Environ) -> bytes:
        try:
            return super().run(application, environ)
        finally:
            # The application may have kept a view of the memory, which cannot be taken from it.
            with suppress(BufferError, OSError):
                self.input.close()


def with_large_input(conversation: Conversation, environ: Environ) -> Conversation:
    """Makes the conversation into one that closes its input."""
    own = LargeInputConversation()
    own.become(conversation)
    own.input = environ['wsgi.input']
    return own
