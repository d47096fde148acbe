"""Reads the fields that a browser sends from the script that makes wrk send them, so that there is one list."""

import pathlib
import re

_SCRIPT = pathlib.Path(__file__).parent.parent / 'loads' / 'browser.lua'
FIELDS = re.findall(r'^wrk\.headers\["([^"]+)"\] = [\'"](.*)[\'"]$', _SCRIPT.read_text(), re.MULTILINE)
