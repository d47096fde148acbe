"""Makes a wheel whose `portico` is that of this checkout. Usage: checkout_wheel.py FOLDER"""

import json
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main(folder: str) -> None:
    version = json.loads((ROOT / 'package.json').read_text())['version']
    info = f'portico-{version}.dist-info'
    files = {
        f'{info}/METADATA': f'Metadata-Version: 2.1\nName: portico\nVersion: {version}\n',
        f'{info}/WHEEL': 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
        f'portico-{version}.data/scripts/portico': f'#!/bin/sh\nexec {ROOT}/bin/portico "$@"\n',
    }
    record = ''.join(f'{name},,\n' for name in [*files, f'{info}/RECORD'])
    with zipfile.ZipFile(Path(folder, f'portico-{version}-py3-none-any.whl'), 'w') as wheel:
        for name, text in {**files, f'{info}/RECORD': record}.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16
            wheel.writestr(entry, text)


main(sys.argv[1])
