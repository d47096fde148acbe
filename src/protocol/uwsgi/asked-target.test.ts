import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAskedTarget } from './asked-target.ts';

type Said = Readonly<Record<string, string>>;

function asked(said: Said, takesMountAway = false) {
  const read = readAskedTarget(new Map(Object.entries(said)), takesMountAway);
  assert.ok(read.kind === 'asked', JSON.stringify(read));
  return read;
}

test('PATH_INFO and QUERY_STRING say what is asked for, in the words of REQUEST_URI where that says the same', () => {
  for (const [uri, pathInfo, query, line] of [
    ['/a%2Fb?q=1', '/a/b', 'q=1', '/a%2Fb?q=1'],
    ['/a?', '/a', '', '/a?'],
    ['/before?q', '/after', 'q', '/after?q'],
    ['/a?q', '/a', 'r', '/a?r'],
    ['/a/../b', '/b', '', '/b'],
    ['/x', '/é #?%\n'.replace('é', '\xc3\xa9'), '', '/%C3%A9%20%23%3F%25%0A'],
    ['http://h/a', '/a', '', '/a'],
    ['/%zz', '/%zz', '', '/%25zz'],
  ] as const) {
    const read = asked({ REQUEST_URI: uri, PATH_INFO: pathInfo, QUERY_STRING: query });
    assert.deepEqual([read.line, read.target], [line, uri]);
  }
  assert.equal(asked({ PATH_INFO: '/a' }).line, '/a');
  assert.equal(asked({ REQUEST_URI: '/a/?q' }).line, '/a/?q');
  assert.equal(asked({ REQUEST_URI: '/a?q', PATH_INFO: '/a' }).line, '/a?q');
  assert.equal(asked({ REQUEST_METHOD: 'OPTIONS', REQUEST_URI: '*', PATH_INFO: '*' }).line, '*');
});

test('SCRIPT_NAME is where the application is mounted, and PATH_INFO the path below it, whether it has that in front or not', () => {
  for (const [scriptName, uri, pathInfo, line, takenAway] of [
    ['/app', '/app/x?q', '/x', '/x?q', '/app'],
    ['/app', '/app/x', '/app/x', '/app/x', ''],
    ['/app', '/app/app/x', '/app/x', '/app/x', '/app'],
    ['/app', '/app/x', '/y', '/y', '/app'],
    ['/app', '/app/a%2Fb', '/a/b', '/a%2Fb', '/app'],
    ['/a b', '/a%20b/x', '/x', '/x', '/a%20b'],
    ['/app/', '/app/x', '/x', '/x', '/app'],
    ['/', '/x', '/x', '/x', ''],
  ] as const) {
    const read = asked({ SCRIPT_NAME: scriptName, REQUEST_URI: uri, PATH_INFO: pathInfo });
    assert.deepEqual(
      [read.line, read.takenAway, read.scriptName, read.isPathEmpty],
      [line, takenAway, scriptName.replace(/\/$/, ''), false],
    );
  }
});

test('a path that is the mount itself is empty for the application, and / for the server', () => {
  const { line, takenAway, isPathEmpty } = asked({ SCRIPT_NAME: '/app', REQUEST_URI: '/app?q', PATH_INFO: '' });
  assert.deepEqual([line, takenAway, isPathEmpty], ['/?q', '/app', true]);
});

test('with modifier 30 SCRIPT_NAME is taken away from PATH_INFO, where it is', () => {
  const at = { REQUEST_URI: '/app/x', SCRIPT_NAME: '/app' };
  for (const [pathInfo, line, isPathEmpty] of [
    ['/app/x', '/x', false],
    ['/app', '/', true],
    ['/x', '/x', false],
    ['/apple', '/apple', false],
  ] as const) {
    const read = asked({ ...at, PATH_INFO: pathInfo }, true);
    assert.deepEqual([read.line, read.takenAway, read.isPathEmpty], [line, '/app', isPathEmpty]);
  }
  assert.equal(asked({ REQUEST_URI: '/x', PATH_INFO: '/x' }, true).line, '/x');
});
