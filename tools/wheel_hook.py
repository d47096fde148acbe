"""Run by hatchling before it packs: says what to do where there is nothing to pack, as for `pip install .`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundlesAreThere(BuildHookInterface):  # type: ignore[misc,type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == 'editable':
            raise SystemExit('portico: a checkout runs as it is: make, then bin/portico. There is no editable install.')
        if not (Path(self.root) / 'build/cli/main.js').is_file():
            raise SystemExit(
                'portico: the program is not built. Run "make wheel", then: pip install dist/portico-*.whl'
            )
