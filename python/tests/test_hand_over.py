"""What is handed over to Node of the things that a service manager has given."""

import json
import os
import socket
import subprocess
import sys

import pytest

import hand_over


def listening(family=socket.AF_INET, address=('127.0.0.1', 0)):
    connection = socket.socket(family)
    connection.bind(address)
    connection.listen(1)
    return connection


def test_describes_sockets_that_listen(tmp_path):
    with listening() as tcp:
        port = tcp.getsockname()[1]
        assert hand_over.describe(tcp.fileno()) == {'kind': 'tcp', 'address': '127.0.0.1', 'port': port, 'path': ''}
        tcp.getsockname()  # The socket is still open.
    path = str(tmp_path / 's')
    for address, said in ((path, path), ('\0hand-over-test', '@hand-over-test')):
        with listening(socket.AF_UNIX, address) as unix:
            assert hand_over.describe(unix.fileno()) == {'kind': 'unix', 'address': '', 'port': 0, 'path': said}


def test_refuses_what_cannot_be_accepted_from(tmp_path):
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams, pytest.raises(ValueError, match='no stream socket'):
        hand_over.describe(datagrams.fileno())
    with socket.socket() as silent, pytest.raises(ValueError, match='Accept=no'):
        hand_over.describe(silent.fileno())
    with open(tmp_path / 'f', 'w') as file, pytest.raises(OSError, match='socket'):
        hand_over.describe(file.fileno())


@pytest.mark.parametrize(
    ('given', 'said'),
    [
        ({'LISTEN_FDS': '-1', 'LISTEN_PID': '7'}, "is '-1', and not a number"),
        ({'LISTEN_FDS': '0', 'LISTEN_PID': '7'}, "is '0', and not a number"),
        ({'LISTEN_FDS': '257', 'LISTEN_PID': '7'}, "is '257', and not a number from 1 to 256"),
        ({'LISTEN_FDS': '9' * 5000, 'LISTEN_PID': '7'}, 'and not a number'),
    ],
)
def test_says_what_is_wrong_with_sockets(given, said):
    [fault] = hand_over.collect(given, 7).faults
    assert said in fault


@pytest.mark.parametrize('address', ['vsock:2:1', '/nowhere/notify', '/' + 'n' * 200])
def test_a_socket_that_cannot_be_spoken_to_is_no_fault(address):
    facts = hand_over.collect({'NOTIFY_SOCKET': address, 'WATCHDOG_USEC': '5'}, 7)
    assert (facts.faults, facts.notify, facts.watchdog_us) == ([], None, 0)
    [warning] = facts.warnings
    assert f'{address!r}, which cannot be spoken to' in warning


@pytest.mark.parametrize('others', [{}, {'LISTEN_PID': '8'}, {'LISTEN_PID': 'x'}])
def test_sockets_for_another_process_are_a_fault_if_they_are_here_and_an_old_variable_if_not(others, monkeypatch):
    with listening() as connection:
        monkeypatch.setattr(hand_over, 'FIRST', connection.fileno())
        [fault] = hand_over.collect({'LISTEN_FDS': '1', **others}, 7).faults
        assert f'is for process {others.get("LISTEN_PID", "(none)")}, and this is 7' in fault
    facts = hand_over.collect({'LISTEN_FDS': '1', **others}, 7)
    assert (facts.faults, facts.warnings, facts.sockets) == ([], [], [])


def test_a_message_is_what_is_written_into_the_descriptor(tmp_path):
    path = str(tmp_path / 'notify')
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        facts = hand_over.collect({'NOTIFY_SOCKET': path, 'WATCHDOG_USEC': '5', 'WATCHDOG_PID': '7'}, 7)
        os.write(facts.notify, b'READY=1')
        assert manager.recv(100) == b'READY=1'
        assert not os.get_blocking(facts.notify)
        assert facts.watchdog_us == 5
        os.close(facts.notify)
        for watchdog in ({'WATCHDOG_PID': '8', 'WATCHDOG_USEC': '5'}, {'WATCHDOG_USEC': 'x'}):
            facts = hand_over.collect({'NOTIFY_SOCKET': path, **watchdog}, 7)
            assert facts.watchdog_us == 0
            os.close(facts.notify)


def test_the_program_gets_its_arguments_and_none_of_the_variables():
    show = 'import json, os, sys; print(json.dumps([sys.argv[1:], dict(os.environ)]))'
    command = [sys.executable, hand_over.__file__, sys.executable, '-c', show, 'a b', '']
    env = {'LISTEN_FDS': '1', 'LISTEN_PID': '1', 'LISTEN_FDNAMES': 'x', 'WATCHDOG_USEC': '1', 'KEPT': 'k'}
    arguments, environment = json.loads(subprocess.run(command, env=env, capture_output=True, check=True).stdout)
    assert arguments == ['a b', '']
    facts = json.loads(environment.pop('PORTICO_SERVICE_MANAGER'))
    assert facts['sockets'] == []
    assert facts['faults'] == []
    assert environment.pop('KEPT') == 'k'
    assert not set(environment) & {name.decode() for name in hand_over.OURS}
