"""Entries in the log pipe: marked, whole, and never in one another's lines."""

import json
import os
import re
import select
import threading

import pytest

from portico_worker import report

MARK = 'feed0123beef4567'


@pytest.fixture
def marked(log):
    report.mark_with(MARK)
    yield log
    report.mark_with('')


def entries(text):
    """The entries by their numbers: facts, then the lines with their pieces put together."""
    found, open_lines = {}, {}
    for line in text.split('\n')[:-1]:
        number, flag, rest = re.fullmatch(f'\x1e{MARK} ([0-9a-f:]+)([-+.])(.*)', line).groups()
        open_lines[number] = open_lines.get(number, '') + rest
        if flag != '-':
            found.setdefault(number, []).append(open_lines.pop(number))
    return [(json.loads(lines[0]), lines[1:]) for lines in found.values()]


def test_an_entry_says_its_level_and_its_request(marked):
    report.log('too much', 'warning', report.describe('id1', 'GET', '/é'))
    report.log('one\ntwo')
    first, second = entries(marked.take())
    assert first == (
        {'level': 'warning', 'requestId': 'id1', 'method': 'GET', 'path': '/\\xe9'},
        ['request id1 GET /\\xe9: too much'],
    )
    assert second == ({'level': 'error'}, ['one', 'two'])


def test_long_lines_come_in_pieces_of_what_a_pipe_takes_whole(marked):
    for size in (0, 1, report.PIECE_MAX - 1, report.PIECE_MAX, report.PIECE_MAX + 1, 2 * report.PIECE_MAX, 50_000):
        before = len(marked.take())
        report.log('x' * size)
        text = marked.take()[before:]
        assert entries(text) == [({'level': 'error'}, ['x' * size])]
        assert max(len(line) + 1 for line in text.split('\n')) <= report.WHOLE_MAX


def test_entries_of_threads_do_not_mix(marked):
    def report_often(letter):
        for _ in range(5):
            report.log('\n'.join([letter * 300] * 20))

    threads = [threading.Thread(target=report_often, args=(letter,)) for letter in 'abcd']
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        marked.take()
    found = entries(marked.take())
    assert len(found) == 20
    for _, lines in found:
        assert lines == [lines[0]] * 20


def test_an_entry_is_whole_where_somebody_has_made_the_pipe_non_blocking():
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    report.write_to(writing)
    report.mark_with(MARK)
    text = '\n'.join(['x' * 500] * 400)
    thread = threading.Thread(target=report.log, args=(text,))
    thread.start()
    taken = b''
    # A thread that lives may have written all: then nothing comes, and a read would never return.
    while select.select([reading], [], [], 0.01)[0] or thread.is_alive():
        while select.select([reading], [], [], 0)[0]:
            taken += os.read(reading, 1000)
    thread.join()
    report.mark_with('')
    report.write_to(2)
    os.close(writing)
    os.close(reading)
    assert entries(taken.decode('ascii')) == [({'level': 'error'}, text.split('\n'))]
