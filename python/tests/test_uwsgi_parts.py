"""The parts of uWSGI's module that need no server: spool files, crons, clocks, areas, signals, the scoreboard."""

import fcntl
import os
import time

import pytest

from portico_worker.uwsgi import scoreboard, spool_file
from portico_worker.uwsgi.areas import Area
from portico_worker.uwsgi.clock import Clock
from portico_worker.uwsgi.cron import When, is_due
from portico_worker.uwsgi.locks import LockFile, ProcessLock
from portico_worker.uwsgi.module import options_of
from portico_worker.uwsgi.scoreboard import Scoreboard
from portico_worker.uwsgi.signal_table import SignalTable
from portico_worker.uwsgi.touched import Touched


def moment(text):
    return time.strptime(text, '%Y-%m-%d %H:%M')


@pytest.mark.parametrize(
    ('when', 'at', 'expected'),
    [
        (When(), '2026-12-01 10:15', True),
        (When(minute=15), '2026-12-01 10:15', True),
        (When(minute=16), '2026-12-01 10:15', False),
        (When(minute=-5), '2026-12-01 10:15', True),
        (When(minute=-4), '2026-12-01 10:15', False),
        (When(hour=-5, minute=0), '2026-12-01 10:00', True),
        (When(month=12), '2026-12-01 10:15', True),
        (When(month=-4), '2026-12-01 10:15', True),
        # The first of December 2026 is a Tuesday.
        (When(week=2), '2026-12-01 10:15', True),
        (When(week=0), '2026-12-06 10:15', True),
        (When(week=7), '2026-12-06 10:15', True),
        (When(day=1, week=5), '2026-12-01 10:15', True),
        (When(day=9, week=2), '2026-12-01 10:15', True),
        (When(day=9, week=5), '2026-12-01 10:15', False),
        (When(day=-3, week=2), '2026-12-01 10:15', False),
    ],
)
def test_a_cron_is_due(when, at, expected):
    assert is_due(when, moment(at)) is expected


def test_a_spool_file_is_read_as_it_was_written(tmp_path):
    variables = {b'name': b'value', b'empty': b'', b'other': b'\xff\x00'}
    path = spool_file.write(str(tmp_path), variables, b'body' * 50_000, 'host')
    with open(path, 'rb') as file:
        # Kind 17, the size of the variables, and each with the sizes before it.
        assert file.read(19) == b'\x11\x21\x00\x00\x04\x00name\x05\x00value\x05\x00'
    task = spool_file.take(path)
    assert task is not None
    assert (task.variables, task.body) == (variables, b'body' * 50_000)
    os.close(task.descriptor)
    assert spool_file.jobs(str(tmp_path)) == [path]
    assert list(spool_file.waiting(str(tmp_path), False, time.time() + 1)) == [path]


def test_a_spool_file_waits_for_its_time_and_its_priority(tmp_path):
    due = int(time.time()) + 100
    late = spool_file.write(str(tmp_path), {b'at': b'%d.5' % due}, b'', 'host')
    low = spool_file.write(str(tmp_path), {b'priority': b'20'}, b'', 'host')
    high = spool_file.write(str(tmp_path), {b'priority': b'3'}, b'', 'host')
    now = time.time() + 1
    assert list(spool_file.waiting(str(tmp_path), True, now)) == [high, low]
    assert list(spool_file.waiting(str(tmp_path), True, due + 1)) == [high, low, late]


def test_a_spool_file_that_another_process_has_is_left(tmp_path):
    path = spool_file.write(str(tmp_path), {b'a': b'b'}, b'', 'host')
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        descriptor = os.open(path, os.O_RDWR)
        fcntl.lockf(descriptor, fcntl.LOCK_EX)
        os.write(writer, b'x')
        time.sleep(30)
    os.read(reader, 1)
    try:
        assert spool_file.take(path) is None
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    task = spool_file.take(path)
    assert task is not None
    os.close(task.descriptor)


@pytest.mark.parametrize('data', [b'\x05\x02\x00\x00ab', b'\x11\x09\x00\x00ab', b'\x11\x04\x00\x00\x09\x00ab'])
def test_what_is_no_task_is_told(tmp_path, data):
    path = tmp_path / 'uwsgi_spoolfile_on_x'
    path.write_bytes(data)
    with pytest.raises(spool_file.SpoolFault):
        spool_file.take(str(path))


def test_links_folders_and_unfinished_files_are_no_tasks(tmp_path):
    (tmp_path / 'uwsgi_spoolfile_on_short').write_bytes(b'\x11')
    (tmp_path / 'uwsgi_spoolfile_on_link').symlink_to('/etc/passwd')
    assert spool_file.take(str(tmp_path / 'uwsgi_spoolfile_on_short')) is None
    assert spool_file.take(str(tmp_path / 'uwsgi_spoolfile_on_link')) is None
    assert spool_file.take(str(tmp_path / 'missing')) is None
    assert list(spool_file.waiting(str(tmp_path / 'missing'), False, 0)) == []
    for wrong in (b'..', b'a/b'):
        with pytest.raises(spool_file.SpoolFault):
            spool_file.write(str(tmp_path), {b'priority': wrong}, b'', 'host')
    with pytest.raises(spool_file.SpoolFault):
        spool_file.write(str(tmp_path), {b'a': b'x' * 65_536}, b'', 'host')
    with pytest.raises(spool_file.SpoolFault):
        spool_file.write(str(tmp_path), {b'a': b'x' * 40_000, b'b': b'x' * 40_000}, b'', 'host')


def test_a_clock_does_what_is_due():
    now, done = [0.0], []
    clock = Clock(lambda: now[0])
    clock.after(5, lambda: done.append('once'))
    clock.every(2, lambda: done.append('twice'), times=2)
    assert clock.wait_s() == 2
    for _ in range(8):
        now[0] += 1
        clock.run_due()
    assert done == ['twice', 'twice', 'once']
    assert clock.wait_s() == float('inf')


def test_a_touched_file_is_seen(tmp_path):
    now, seen = [100.0], []
    touched = Touched(lambda: now[0])
    path = tmp_path / 'file'
    touched.watch(str(path), lambda: seen.append('changed'))
    for step in ('', 'one', 'three', ''):
        now[0] += 1
        if step:
            path.write_text(step)
        touched.look()
    assert seen == ['changed', 'changed']


def test_an_area_has_bounds_and_numbers():
    area = Area(32, ProcessLock(LockFile(), 1))
    area.write(1, b'hello')
    assert area.read(1, 5) == b'hello'
    assert len(area.read(2, 0)) == 30
    area.put_number(8, 64, -5)
    area.add(8, 64, 7)
    assert area.number(8, 64) == 2
    area.lock()
    area.put_number(16, 32, 2**31)
    area.add(16, 32, -1)
    area.unlock()
    assert area.number(16, 32) == 2**31 - 1
    for position, length in ((-1, 1), (31, 2), (40, 1)):
        with pytest.raises(ValueError, match='are not in it'):
            area.read(position, length)


def test_signals_that_several_processes_register_are_one():
    table = SignalTable()
    timer = {'what': 'timer', 'signal': 3, 'seconds': 1.0, 'times': 0}
    assert table.heed(timer)
    assert not table.heed(timer)
    assert table.heed({'what': 'register', 'signal': 3, 'target': 'mule'})
    assert not table.heed({'what': 'register', 'signal': 3, 'target': 'mule'})
    assert table.heed({'what': 'cron', 'signal': 4, 'when': [-1, -1, -1, -1, -1]})
    assert table.heed({'what': 'file', 'signal': 5, 'path': '/x'})
    assert not table.heed({'what': 'fire', 'signal': 5})
    assert table.has_sources


def test_numbers_of_workers_are_taken_again():
    board = Scoreboard(workers=2, threads=1)
    first, second = board.take(), board.take()
    board.started(first, 100)
    board.started(second, 101)
    assert [board.get(row, scoreboard.NUMBER) for row in (first, second)] == [1, 2]
    board.words[board.column_at(first, 0) + scoreboard.REQUESTS] = 7
    board.leaves(first)
    third = board.take()
    assert board.get(third, scoreboard.NUMBER) == 1
    assert board.get(third, scoreboard.RESPAWNS) == 1
    board.started(third, 102)
    board.gone(first)
    assert scoreboard.describe(board, 1)['requests'] == 7
    assert scoreboard.describe(board, 1)['delta_requests'] == 0
    assert scoreboard.describe(board, 2)['status'] == b'idle'
    assert scoreboard.describe(board, 3)['status'] == b'cheap'
    board.words[board.column_at(second, 0) + scoreboard.DEADLINE_MS] = 5
    assert board.overdue(4) == []
    assert board.overdue(5) == [second]


def test_many_generations_of_workers_have_rows():
    board = Scoreboard(workers=2, threads=1)
    for pid in range(1, 200):
        row = board.take()
        board.started(row, pid)
        assert board.get(row, scoreboard.NUMBER) == 1
        board.gone(row)
    assert scoreboard.describe(board, 1)['respawn_count'] == 198


def test_options_are_those_of_uwsgi():
    options = (('master', True), ('env', 'A=1'), ('env', 'B=é'), ('processes', '2'))
    assert options_of(options) == {
        'master': True,
        'env': 'B=é'.encode(),
        'processes': b'2',
    }
