// The pytest plugin as people use it: live servers by name and by object, Django's live_server, pytest-xdist, and what is shown when a test fails.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { until } from '../integration/waiting.ts';
import { runPytest, startPytest } from './run-pytest.ts';

test('portico_server serves names and objects, to httpx and requests', async () => {
  const { code, said } = await runPytest('suite_servers.py');
  assert.equal(code, 0, said);
  assert.match(said, /4 passed/);
});

test("Django's live_server is served on the databases of the tests, in two processes of pytest-xdist", async () => {
  const { code, said } = await runPytest('suite_django.py', '-n', '2');
  assert.equal(code, 0, said);
  assert.match(said, /4 passed/);
});

test('what a server has written for one test is gone in the next', async () => {
  const { code, said } = await runPytest('suite_django.py', '-k', 'flushed');
  assert.equal(code, 0, said);
  assert.match(said, /2 passed/);
});

test('pytest-django is known also where pytest looks for no plugins and it is named', async () => {
  const { code, said } = await runPytest(
    '--disable-plugin-autoload',
    ...['-p', 'pytest_django.plugin'],
    ...['suite_django.py', '-k', 'flushed'],
  );
  assert.equal(code, 0, said);
  assert.match(said, /2 passed/);
});

test('a test that fails shows the log of its server; what cannot be served is told in a sentence', async () => {
  const { code, said } = await runPytest('suite_faults.py');
  assert.equal(code, 1);
  assert.match(said, /- Portico: the log of flask_app:app -[\s\S]*RuntimeError: the reason of it/);
  assert.match(
    said,
    /the server of nothing_of_this_name did not start:\n\n[\s\S]*there is no module nothing_of_this_name/,
  );
  assert.match(said, /<lambda>.* has no name in any module.*portico_server\('module:make_app\(\)'\)/);
});

test('a database in memory, and a project that takes no other settings, are refused with what to write', async () => {
  const inMemory = await runPytest('suite_django.py', '-k', 'static', '--ds', 'shop.in_memory');
  assert.match(inMemory.said, /the test database "default" is in memory.*DATABASES\['default'\]\['TEST'\]/);
  const stubborn = await runPytest('suite_django.py', '-k', 'static', '--ds', 'shop.stubborn');
  assert.match(
    stubborn.said,
    /the database "default" is \S+real\.sqlite3, not \S+test\.sqlite3 of the tests.*setdefault/,
  );
});

test('the servers of a pytest that was killed end', async () => {
  using suite = startPytest('-s', 'suite_killed.py');
  let port = 0;
  while (port === 0) {
    await once(suite.child, 'said');
    assert.equal(suite.child.exitCode, null, suite.said);
    port = Number(/serves on (\d+)/.exec(suite.said)?.[1] ?? 0);
  }
  suite.child.kill('SIGKILL');
  let isOpen = true;
  await until('the server has ended', () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => socket.destroy());
    socket.on('error', () => {
      isOpen = false;
    });
    return !isOpen;
  });
});
