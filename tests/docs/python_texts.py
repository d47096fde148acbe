"""Prints the texts that stand in Python sources as JSON: strings that are no documentation, f-strings with … for what is put in.

Usage: python_texts.py FILE …
"""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path


def texts(path: str) -> Iterator[dict[str, object]]:
    tree = ast.parse(Path(path).read_text())
    passed = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            passed.update(node.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else '…' for part in node.values)
            yield {'path': path, 'line': node.lineno, 'text': ''.join(map(str, parts))}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in passed:
            yield {'path': path, 'line': node.lineno, 'text': node.value}


print(json.dumps([text for path in sys.argv[1:] for text in texts(path)]))
