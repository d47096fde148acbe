import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNginxArguments } from './nginx-arguments.ts';

const NONE = {
  shows: { help: false, version: false, build: false },
  tests: 'no',
  isQuiet: false,
  prefix: undefined,
  errorLog: undefined,
  file: undefined,
  directives: '',
  signal: undefined,
};

function reads(line: string): unknown {
  const read = readNginxArguments(line === '' ? [] : line.split(' '));
  return read.ok ? read.value : read.fault;
}

test('nothing said is what the file says', () => {
  assert.deepEqual(reads(''), NONE);
  // nginx takes a dash alone, and an option that is said again.
  assert.deepEqual(reads('-'), NONE);
});

test('values stand in the rest of the word or in the next one', () => {
  const said = { ...NONE, prefix: '/srv/', file: 'a.conf', errorLog: 'e.log', signal: 'reload' };
  assert.deepEqual(reads('-p /srv/ -c a.conf -e e.log -s reload'), said);
  assert.deepEqual(reads('-p/srv/ -ca.conf -ee.log -sreload'), said);
  assert.deepEqual(reads('-c b.conf -c a.conf -p /srv/ -e e.log -s reload'), said);
});

test('letters without a value stand in one word, the last may take one', () => {
  assert.deepEqual(reads('-tqc a.conf'), { ...NONE, tests: 'test', isQuiet: true, file: 'a.conf' });
  assert.deepEqual(reads('-tp /srv'), { ...NONE, tests: 'test', prefix: '/srv' });
});

test('a value may begin with a dash, and directives keep their spaces', () => {
  assert.deepEqual(readNginxArguments(['-c', '-t']), { ok: true, value: { ...NONE, file: '-t' } });
  assert.deepEqual(readNginxArguments(['-g', 'daemon off; user a;']), {
    ok: true,
    value: { ...NONE, directives: 'daemon off; user a;' },
  });
});

test('what is shown and tested', () => {
  assert.deepEqual(reads('-v'), { ...NONE, shows: { help: false, version: true, build: false } });
  assert.deepEqual(reads('-V'), { ...NONE, shows: { help: false, version: true, build: true } });
  assert.deepEqual(reads('-h'), { ...NONE, shows: { help: true, version: true, build: false } });
  assert.deepEqual(reads('-?'), { ...NONE, shows: { help: true, version: true, build: false } });
  assert.deepEqual(reads('-T -t'), { ...NONE, tests: 'dump' });
});

test('standard error is a log without a name', () => {
  assert.deepEqual(reads('-e stderr'), { ...NONE, errorLog: '' });
});

test('faults are told in the words of nginx', () => {
  for (const [line, words] of [
    ['start', 'invalid option: "start"'],
    ['-x', 'invalid option: "x"'],
    ['-tx', 'invalid option: "x"'],
    ['--help', 'invalid option: "-"'],
    ['-p', 'option "-p" requires directory name'],
    ['-e', 'option "-e" requires file name'],
    ['-c', 'option "-c" requires file name'],
    ['-g', 'option "-g" requires parameter'],
    ['-s', 'option "-s" requires parameter'],
    ['-s start', 'invalid option: "-s start"'],
    ['-sHUP', 'invalid option: "-s HUP"'],
  ] as const) {
    assert.equal(reads(line), words);
  }
});
