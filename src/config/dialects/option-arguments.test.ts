import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderPlace } from '../place.ts';
import { DAPHNE } from './daphne.ts';
import { HYPERCORN } from './hypercorn.ts';
import type { Dialect } from './option.ts';
import { readOptionArguments } from './option-arguments.ts';
import { UVICORN } from './uvicorn.ts';

function sort(dialect: Dialect, args: string[]) {
  const faults: string[] = [];
  const { app, options } = readOptionArguments(dialect, args, (code, place, message) => {
    faults.push(`${code} ${renderPlace(place)} ${message}`.trimEnd());
  });
  const given = [...options].map(([, { place, texts }]) => `${renderPlace(place)}=${texts.join(',')}`);
  return { app, given, faults };
}

test('readOptionArguments() finds the application and the values, however they are written', () => {
  assert.deepEqual(
    sort(DAPHNE, ['-p80', '-b=x', 'a:b', '--ping-interval=3', '-v', '2', '-e', 'tcp:1', '-e', 'tcp:2']),
    {
      app: 'a:b',
      given: ['-p=80', '-b=x', '--ping-interval=3', '-v=2', '-e=tcp:1,tcp:2'],
      faults: [],
    },
  );
  assert.deepEqual(sort(HYPERCORN, ['-Dw', '3', '--', 'a:b']), { app: 'a:b', given: ['-D=true', '-w=3'], faults: [] });
  assert.deepEqual(sort(UVICORN, ['--no-access-log', 'a:b', '--access-log']), {
    app: 'a:b',
    given: ['--no-access-log=false,true'],
    faults: [],
  });
  assert.equal(sort(UVICORN, []).app, undefined);
});

test('readOptionArguments() takes words that begin with a dash for values where the program does', () => {
  assert.deepEqual(sort(DAPHNE, ['a', '--websocket_timeout', '-1', '--access-log', '-']).given, [
    '--websocket_timeout=-1',
    '--access-log=-',
  ]);
  assert.deepEqual(sort(DAPHNE, ['a', '--root-path', '-x']).faults, [
    'dialect.missing-value --root-path',
    'dialect.unknown-option -x Did you mean -p?',
  ]);
  assert.deepEqual(sort(UVICORN, ['a', '--root-path', '-x']).given, ['--root-path=-x']);
  assert.deepEqual(sort(UVICORN, ['a', '--root-path', '--reload']), {
    app: 'a',
    given: ['--reload=true'],
    faults: ['dialect.missing-value --root-path'],
  });
  assert.deepEqual(sort(UVICORN, ['a', '--port']).faults, ['dialect.missing-value --port']);
});

test('readOptionArguments() knows an option by its beginning where the program does', () => {
  assert.deepEqual(sort(DAPHNE, ['a', '--verb', '0']).given, ['--verbosity=0']);
  assert.deepEqual(sort(DAPHNE, ['a', '--ping', '0']).faults, [
    'dialect.ambiguous-option --ping it could match --ping-interval, --ping-timeout',
  ]);
  assert.deepEqual(sort(HYPERCORN, ['a', '--access-log', 'f']).given, ['--access-log=f']);
  assert.deepEqual(sort(UVICORN, ['a', '--lifes', 'on']).faults, [
    'dialect.unknown-option --lifes Did you mean --lifespan?',
  ]);
});

test('readOptionArguments() tells a slip once, with what was meant', () => {
  assert.deepEqual(sort(UVICORN, ['a', '--wrokers', '3']), {
    app: 'a',
    given: [],
    faults: ['dialect.unknown-option --wrokers Did you mean --workers?'],
  });
  assert.equal(sort(UVICORN, ['--wrokers', '3', 'a']).app, 'a');
  assert.equal(sort(UVICORN, ['--relaod', 'a']).app, 'a');
  assert.deepEqual(sort(UVICORN, ['--xyzzy-and-so-on=1', 'a']).faults, ['dialect.unknown-option --xyzzy-and-so-on']);
  assert.deepEqual(sort(UVICORN, ['a', 'b', '--reload=1']).faults, [
    'dialect.unexpected-argument b',
    'dialect.unexpected-value --reload',
  ]);
});
