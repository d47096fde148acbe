"""What the page of --reload is made from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from portico_worker import fault_page
from portico_worker.failures import FAILED_BYTES_MAX


def shown(error: BaseException) -> dict[str, Any]:
    text = fault_page.render(error)
    assert len(text) <= FAILED_BYTES_MAX
    found: dict[str, Any] = json.loads(text)
    return found


def caught(act: Any) -> BaseException:
    try:
        act()
    except BaseException as error:
        return error
    raise AssertionError


def test_each_call_of_the_application_has_its_source_lines() -> None:
    def act() -> None:
        raise ValueError('it is wrong')  # this line

    fault = shown(caught(act))
    assert fault['error'] == 'ValueError: it is wrong'
    assert 'Traceback' in fault['text']
    frame = fault['errors'][0]['frames'][-1]
    assert frame['file'] == __file__
    assert frame['code'][frame['line'] - frame['first']].endswith('# this line')
    assert frame['name'].endswith('act')
    assert frame['isApplication']


def test_causes_come_before_what_they_led_to() -> None:
    def act() -> None:
        try:
            raise KeyError('first')
        except KeyError as error:
            raise ValueError('second') from error

    first, second = shown(caught(act))['errors']
    assert (first['error'], first['link']) == ("KeyError: 'first'", 'cause')
    assert (second['error'], second['link']) == ('ValueError: second', '')


def test_a_fault_of_syntax_has_its_line_and_place(tmp_path: Path) -> None:
    path = tmp_path / 'broken.py'
    path.write_text('x = 1\ny = = 2\n')
    fault = shown(caught(lambda: compile(path.read_text(), str(path), 'exec')))
    assert f'{path}, line 2' in fault['error']
    frame = fault['errors'][0]['frames'][-1]
    assert (frame['line'], frame['column']) == (2, 5)
    assert frame['code'] == ['x = 1', 'y = = 2']


def test_it_is_bounded_whatever_the_exception_is() -> None:
    def deep(left: int) -> None:
        if left:
            deep(left - 1)
        raise ValueError('\U0001f600' * 200_000)

    class Strange(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def act() -> None:
        raise Strange

    fault = shown(caught(lambda: deep(500)))
    assert fault['error'].startswith('ValueError')
    ring = ValueError('a')
    ring.__cause__ = KeyError('b')
    ring.__cause__.__cause__ = ring
    assert len(shown(ring)['errors']) == 2
    assert shown(caught(act))['error']
