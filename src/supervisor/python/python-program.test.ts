import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { explainProgram, whyUnusable } from './python-program.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'python-program-'));
after(() => rmSync(ROOT, { recursive: true }));

function explain(text: string | Buffer, ...rest: [answerMs?: number]): Promise<string | undefined> {
  const path = join(ROOT, `p${Math.random()}`);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return explainProgram(path, { identity: undefined, env: { PATH: '/bin:/usr/bin' } }, ...rest);
}

test('explainProgram() tells of a Python that is too old or does not run, and of nothing else', async () => {
  assert.match((await explain('#!/bin/sh\necho 3.7.16')) ?? '', /is Python 3\.7\.16, and 3\.9 or later is needed/);
  assert.match(
    (await explain('#!/bin/sh\necho a >&2; echo no encodings >&2; exit 1')) ?? '',
    /does not run: no encodings\. Name/,
  );
  assert.equal(await explain('#!/bin/sh\necho 3.14.0'), undefined);
  assert.match((await explain('#!/bin/sh\nexit 7')) ?? '', /does not run: it exited with code 7\. Name/);
});

test('explainProgram() ends a Python that hangs, whatever that does with signals', async () => {
  const hanging = "#!/bin/sh\ntrap '' TERM\nsleep 300 &\nwait";
  assert.match((await explain(hanging, 100)) ?? '', /does not run: it had said nothing after 0\.1 s\. Name/);
});

test('explainProgram() says what the system has against a file', async () => {
  // The head of an ELF file for a machine that does not exist.
  const foreign = Buffer.concat([Buffer.from('7f454c46020101000000000000000000', 'hex'), Buffer.alloc(100, 0xee)]);
  assert.match((await explain(foreign)) ?? '', /does not run: it is for another kind of processor\. Name another/);
  assert.match(
    (await explain('#!/nowhere/python\n')) ?? '',
    /does not run: the program or the loader that it asks for is not there/,
  );
});

test('whyUnusable() tells of a file that the system could not begin, before a shell reads it', () => {
  const path = join(ROOT, 'mach-o');
  writeFileSync(path, Buffer.from('cffaedfe0c000001', 'hex'));
  chmodSync(path, 0o755);
  assert.equal(whyUnusable(path), `${path} is no program for this machine`);
  assert.equal(whyUnusable(process.execPath), undefined);
});
