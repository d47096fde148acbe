"""Run by hatchling before it packs: says what to do where there is nothing to pack, or what there is has become old, as
`pip install .` would otherwise pack it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

MAKE = 'Run "make wheel", then: pip install dist/portico-*.whl'


class BundlesAreThere(BuildHookInterface):  # type: ignore[misc,type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        built = root / 'build/package.json'
        if version == 'editable':
            raise SystemExit('portico: a checkout runs as it is: make, then bin/portico. There is no editable install.')
        if not built.is_file():
            raise SystemExit(f'portico: the program is not built. {MAKE}')
        made = built.stat().st_mtime
        newer = [path for path in (root / 'src').rglob('*.ts') if path.stat().st_mtime > made]
        if newer:
            raise SystemExit(f'portico: {newer[0].relative_to(root)} is newer than what was built. {MAKE}')


class ReadmeWithoutLinksToFiles(MetadataHookInterface):  # type: ignore[misc]
    """The description that PyPI shows is the README.md that tools/build.ts has written. Where nothing is built, the build hook says so."""

    def update(self, metadata: dict[str, Any]) -> None:
        built = Path(self.root) / 'build/README.md'
        if built.is_file():
            metadata['readme'] = {'content-type': 'text/markdown', 'text': built.read_text(encoding='utf-8')}
