"""The two parts of `module:expression`, as APP, FLASK_APP and pyproject.toml have it."""

from __future__ import annotations

import re

_PARTS = re.compile(r'(.*?):([^:/()\s]*(?:\(.*\))?)(?<!\.py)', re.DOTALL)
"""The first colon behind which nothing but an expression stands: a path may have colons too, as in `sites/a:b/wsgi.py:app`, and the arguments of a
factory anything. (src/supervisor/app-name.ts has the same expression.)"""


def split_name(name: str) -> tuple[str, str]:
    """Module or path, and expression, which is '' if there is none."""
    parts = _PARTS.fullmatch(name)
    if parts is not None:
        return parts[1], parts[2]
    target, _, rest = name.partition(':')
    # Behind the colon of a folder stands the rest of a path; anything else is an expression, and is refused as one.
    return (name, '') if '/' in rest.partition('(')[0] or name.endswith('.py') else (target, rest)
