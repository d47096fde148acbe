import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldBlock } from '../../../protocol/http/fake-field-block.ts';
import type { FileAnswer } from './answer-file.ts';
import { answerFile, fileParts, joinParts } from './answer-file.ts';
import type { Coding } from './encodings.ts';
import { parseAcceptEncoding } from './encodings.ts';
import type { FileRule } from './folder.ts';
import type { StaticFile } from './load-file.ts';
import { compileMounts } from './mount.ts';
import type { Representation } from './representation.ts';
import { renderRepresentation } from './representation.ts';
import { RequestFields } from './request-fields.ts';

const NOW = Date.UTC(2025, 5, 1);
const [MOUNT] = compileMounts([{ url: '/', root: '/srv', hashed: false }]);
const BYTES = Buffer.from('0123456789');

function ruleOf(): FileRule {
  assert.ok(MOUNT);
  return MOUNT.folder.rule;
}

function represent(coding: Coding, size: number): Representation {
  const stats = {
    dev: 1n,
    ino: 1n,
    size: BigInt(size),
    mtimeNs: BigInt(Date.UTC(2025, 0, 1)) * 1_000_000n,
    ctimeNs: 1n,
  };
  const bytes = BYTES.subarray(0, size);
  return renderRepresentation(
    { name: 'a.txt', coding, path: '/srv/a.txt', stats, bytes, isNegotiated: true, isForced: false },
    ruleOf(),
    NOW,
  );
}

const PLAIN = represent('identity', 10);
const GZIP = represent('gzip', 5);
const FILE: StaticFile = {
  kind: 'file',
  hasPlain: true,
  rule: ruleOf(),
  representations: [GZIP, PLAIN],
  watched: [],
  isSettled: true,
  weight: 0,
};

function answer(given: Readonly<Record<string, string>>, isHead: boolean = false): FileAnswer {
  const fields = new RequestFields();
  fields.read(fieldBlock(Object.entries(given)));
  const acceptance = parseAcceptEncoding(fields.acceptEncoding);
  return answerFile(FILE, fields, { isHead, isRanged: true, acceptance, nowMs: NOW, makeBoundary: () => 'B' });
}

function refusal(answered: FileAnswer): readonly [number, string] | string {
  return answered.kind === 'refused' ? [answered.status, answered.fields.text] : answered.kind;
}

/** The body of a 206, or the kind of answer. */
function body(given: Readonly<Record<string, string>>): string {
  const { ...found } = answer(given);
  return found.kind === 'parts' && found.representation.bytes !== undefined
    ? String(joinParts(found.parts, found.representation.bytes))
    : found.kind;
}

test('answerFile() chooses the representation first', () => {
  const gzip = answer({ 'Accept-Encoding': 'gzip' });
  assert.ok(gzip.kind === 'whole');
  assert.equal(gzip.representation, GZIP);
  const plain = answer({});
  assert.ok(plain.kind === 'whole');
  assert.equal(plain.representation, PLAIN);
});

test('answerFile() refuses with 406 when nothing is acceptable', () => {
  assert.deepEqual(refusal(answer({ 'Accept-Encoding': 'br, *;q=0' })), [406, 'Vary: Accept-Encoding\r\n']);
});

test('answerFile() compares conditions with the chosen representation', () => {
  assert.equal(answer({ 'If-None-Match': PLAIN.etag }).kind, 'not-modified');
  assert.equal(answer({ 'If-None-Match': PLAIN.etag, 'Accept-Encoding': 'gzip' }).kind, 'whole');
  assert.equal(answer({ 'If-None-Match': GZIP.etag, 'Accept-Encoding': 'gzip' }).kind, 'not-modified');
  assert.deepEqual(refusal(answer({ 'If-Match': GZIP.etag })), [412, '']);
  assert.equal(answer({ 'If-Modified-Since': PLAIN.lastModified }).kind, 'not-modified');
});

test('answerFile() gives one range bare and says which', () => {
  const found = answer({ Range: 'bytes=2-4' });
  assert.ok(found.kind === 'parts');
  assert.equal(found.parts.head.status, 206);
  assert.match(
    found.parts.head.fields.text,
    /Content-Type: text\/plain; charset=utf-8\r\nContent-Range: bytes 2-4\/10\r\n$/,
  );
  assert.ok(found.parts.head.fields.text.includes(`ETag: ${PLAIN.etag}`));
  assert.equal(body({ Range: 'bytes=2-4' }), '234');
  assert.equal(body({ Range: 'bytes=-2', 'Accept-Encoding': 'gzip' }), '34');
});

test('answerFile() puts several ranges into one multipart body', () => {
  const found = answer({ Range: 'bytes=0-0,-1' });
  assert.ok(found.kind === 'parts');
  assert.match(found.parts.head.fields.text, /Content-Type: multipart\/byteranges; boundary=B\r\n$/);
  assert.doesNotMatch(found.parts.head.fields.text, /Content-Range/);
  const text = body({ Range: 'bytes=0-0,-1' });
  assert.match(
    text,
    /^--B\r\nContent-Type: text\/plain; charset=utf-8\r\nContent-Range: bytes 0-0\/10\r\n\r\n0\r\n--B\r\n/,
  );
  assert.match(text, /Content-Range: bytes 9-9\/10\r\n\r\n9\r\n--B--\r\n$/);
  assert.equal(text.length, found.parts.around?.length);
});

test('answerFile() says how long the file is when no range fits', () => {
  assert.deepEqual(refusal(answer({ Range: 'bytes=10-' })), [416, 'Content-Range: bytes */10\r\n']);
});

test('answerFile() honours Range only for GET, after the conditions, and if If-Range holds', () => {
  assert.equal(answer({ Range: 'bytes=0-0' }, true).kind, 'whole');
  assert.equal(answer({ Range: 'bytes=99-' }, true).kind, 'whole');
  assert.equal(answer({ Range: 'bytes=0-0', 'If-None-Match': PLAIN.etag }).kind, 'not-modified');
  assert.equal(answer({ Range: 'bytes=99-', 'If-Match': '"x"' }).kind, 'refused');
  assert.equal(answer({ Range: 'bytes=0-0', 'If-Range': PLAIN.etag }).kind, 'parts');
  assert.equal(answer({ Range: 'bytes=0-0', 'If-Range': PLAIN.lastModified }).kind, 'parts');
  assert.equal(answer({ Range: 'bytes=0-0', 'If-Range': '"x"' }).kind, 'whole');
  assert.equal(answer({ Range: 'bytes=99-', 'If-Range': '"x"' }).kind, 'whole');
  assert.equal(answer({ 'If-Range': '"x"' }).kind, 'whole');
  assert.equal(answer({ Range: 'lines=0-0' }).kind, 'whole');
});

test('fileParts() names the pieces of a file on disk', () => {
  const one = answer({ Range: 'bytes=2-4' });
  const two = answer({ Range: 'bytes=0-0,-1' });
  assert.ok(one.kind === 'parts' && two.kind === 'parts');
  const release = (): void => undefined;
  assert.deepEqual(fileParts(one.parts, 7, release), {
    kind: 'parts',
    length: 3,
    parts: [{ kind: 'file', fd: 7, offset: 2, length: 3 }],
    release,
  });
  const { parts, length } = fileParts(two.parts, 7, release);
  assert.deepEqual(
    parts.map((part) => (Buffer.isBuffer(part) ? 'bytes' : `${part.offset}+${part.length}`)),
    ['bytes', '0+1', 'bytes', '9+1', 'bytes'],
  );
  assert.equal(
    length,
    parts.reduce((sum, part) => sum + part.length, 0),
  );
});
