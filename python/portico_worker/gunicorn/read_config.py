"""A program of its own: tells the values of a configuration file of gunicorn, before there is a server.

From standard input it reads `{"config", "folder", "names"}` as JSON, and to standard output, which what the file prints does not reach, it writes

    {"values": {name: value}, "calls": [name], "odd": {name: type}, "lines": {name: line}, "others": [name], "file": path}

for those of `names` that the file has: what JSON can say, what can be called, and the types of what is neither. Or it writes

    {"error": one line, "traceback": text}
"""

from __future__ import annotations

import ast
import json
import os
import sys
import traceback
from types import ModuleType
from typing import Any

OTHERS_MAX = 100
"""Names that are no settings: they are told to find misspelt ones."""

KEPT = ('logconfig_dict',)
"""Dictionaries that stay in Python, where they may have classes and objects in them."""

HERE = os.path.dirname(os.path.realpath(__file__))


def main() -> None:
    said = json.load(sys.stdin)
    # The folder of this program is none of the site's, and hides nothing of its.
    sys.path[:] = [folder for folder in sys.path if os.path.realpath(folder or '.') != HERE]
    answer = os.dup(1)
    os.dup2(2, 1)
    result = tell(said['config'], said['folder'], said['names'])
    sys.stdout.flush()
    with open(answer, 'w', encoding='utf-8') as out:
        json.dump(result, out)


def tell(config: str, folder: str, names: list[str]) -> dict[str, Any]:
    try:
        module = load(config, folder)
    except SystemExit as error:
        return {'error': f'it has ended Python (SystemExit: {error})', 'traceback': ''}
    except BaseException as error:
        return {'error': traceback.format_exception_only(type(error), error)[-1].strip(), 'traceback': _shown(error)}
    found = names_of(module)
    file = getattr(module, '__file__', None) or ''
    values: dict[str, Any] = {}
    odd: dict[str, str] = {}
    calls: list[str] = []
    for name in names:
        if name not in found:
            continue
        value = found[name]
        if isinstance(value, type):
            values[name] = f'{value.__module__}.{value.__qualname__}'
        elif callable(value):
            calls.append(name)
        elif name in KEPT and isinstance(value, dict):
            values[name] = shown(value)
        elif is_json(value):
            values[name] = plain(value)
        else:
            odd[name] = type(value).__name__
    others = [name for name, value in found.items() if name not in names and not isinstance(value, ModuleType)]
    lines = _lines(file)
    return {'values': values, 'calls': calls, 'odd': odd, 'lines': lines, 'others': others[:OTHERS_MAX], 'file': file}


def is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_json(one) for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return all(is_json(one) for one in value)
    return value is None or isinstance(value, (str, int, float))


def shown(value: Any) -> Any:
    """As JSON as far as that goes, for whoever prints it."""
    if isinstance(value, dict):
        return {str(key): shown(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [shown(one) for one in value]
    return plain(value) if is_json(value) else repr(value)


def plain(value: Any) -> Any:
    """Without what classes of the file's own add to texts and numbers."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return None


def _lines(path: str) -> dict[str, int]:
    """Where each name was given its value last."""
    try:
        with open(path, 'rb') as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError):
        return {}
    lines: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            lines[node.id] = max(node.lineno, lines.get(node.id, 0))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            lines[node.name] = max(node.lineno, lines.get(node.name, 0))
    return lines


def _shown(error: BaseException) -> str:
    """Without the frames of this program and of the machinery of imports."""
    inner = error.__traceback__
    while inner is not None and _is_ours(inner.tb_frame.f_code.co_filename):
        inner = inner.tb_next
    return ''.join(traceback.format_exception(type(error), error, inner))


def _is_ours(path: str) -> bool:
    return path.startswith('<frozen') or os.path.dirname(os.path.realpath(path)) == HERE


if __name__ == '__main__':
    # Last: it hides nothing of the site's.
    sys.path.append(os.path.dirname(os.path.dirname(HERE)))
    from portico_worker.gunicorn.config_file import load, names_of

    main()
else:
    from .config_file import load, names_of
