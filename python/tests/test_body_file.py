"""The file of a body whose folder may have been removed, and whose name others may have taken."""

import os

import pytest

from portico_worker.wsgi.body import open_body

BODY = b'the body'


@pytest.fixture
def held(tmp_path):
    """A file that the edge has open: its path, and the path of its descriptor."""
    path = tmp_path / 'e0-1'
    path.write_bytes(BODY)
    with path.open('rb') as file:
        yield path, f'/proc/{os.getpid()}/fd/{file.fileno()}'.encode()


def link_elsewhere(path):
    other = path.with_name('other')
    other.write_bytes(b'forged')
    path.symlink_to(other)


def link_hard(path):
    other = path.with_name('other')
    other.write_bytes(b'forged')
    os.link(other, path)


FATES = {
    'gone': lambda path: None,
    'a folder': lambda path: path.mkdir(),
    'a pipe': os.mkfifo,
    'a link': link_elsewhere,
    'a file with two names': link_hard,
}


def test_the_file_is_opened_by_its_path(held):
    path, _ = held
    with open_body(os.fsencode(path), b'/nowhere') as body:
        assert body.read() == BODY


@pytest.mark.parametrize('fate', FATES)
def test_the_edges_descriptor_is_opened_when_the_path_is(held, fate):
    path, descriptor = held
    path.unlink()
    FATES[fate](path)
    with open_body(os.fsencode(path), descriptor) as body:
        assert body.read() == BODY


def test_a_file_of_another_user_is_not_the_body(held):
    path, descriptor = held
    if os.geteuid() != 0:
        pytest.skip('only root can give a file away')
    path.unlink()
    path.write_bytes(b'forged')
    os.chown(path, 65534, 65534)
    with open_body(os.fsencode(path), descriptor) as body:
        assert body.read() == BODY


def test_a_body_that_cannot_be_had_fails_who_reads_it(held):
    path, _ = held
    path.unlink()
    with pytest.raises(FileNotFoundError):
        open_body(os.fsencode(path), b'/nowhere').read()
