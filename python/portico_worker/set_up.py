"""What the zygote does with what it was started with: its descriptors, its streams."""

from __future__ import annotations

import io
import sys

from . import control, process


def take_descriptor() -> int:
    """The supervisor's socket, which our one argument names. The application is not to see the argument."""
    descriptor = int(sys.argv[1])
    del sys.argv[1:]
    return descriptor


def inherit(message: control.Message) -> control.Message:
    """Moves the descriptors that the supervisor gave us out of the application's way. A lane that is a descriptor names a
    socket whose file is gone; it is dialled by the path under which the kernel shows it to whoever has it."""
    lanes = [f'/proc/self/fd/{process.keep(lane)}' if isinstance(lane, int) else lane for lane in message['lanes']]
    return {**message, 'board': process.keep(message['board']), 'lanes': lanes}


def set_up_streams() -> None:
    """Before the import: what the application takes of sys.stderr then is what its workers write to."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Text that cannot be encoded is the application's to print, not to fail on. A line leaves in one write,
            # so that threads do not tear each other's; what is not a whole line leaves when the worker comes to rest.
            stream.reconfigure(encoding='utf-8', errors='backslashreplace', line_buffering=True, write_through=False)
