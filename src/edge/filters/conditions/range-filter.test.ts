import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Files } from '../../../config/model/files.ts';
import type { Answer } from '../../pipeline/filters/answer.ts';
import { FAKE_SCOPE } from '../../plan/fake-site.ts';
import { fakeAnswer, fakeRoute } from '../fake-writers.ts';
import { compileRanges } from './range-filter.ts';

const FIELDS = 'Content-Type: text/plain\r\nETag: "a"\r\nAccept-Ranges: bytes\r\n';

interface Asked {
  readonly files?: Partial<Files>;
  readonly answer?: Answer;
  readonly ifRange?: string;
}

function ask(range: string, { files, answer = whole('0123456789'), ifRange }: Asked = {}): Answer {
  const scope = { ...FAKE_SCOPE, files: { ...FAKE_SCOPE.files, ...files } };
  const fields = [['Range', range], ...(ifRange === undefined ? [] : [['If-Range', ifRange]])] as [string, string][];
  assert.equal(compileRanges(scope)?.(answer, fakeRoute(fields)), undefined);
  return answer;
}

function whole(body: string | Buffer): Answer {
  return fakeAnswer({ fields: FIELDS, length: body.length, whole: body });
}

function bodyOf({ whole: body }: Answer): string {
  assert.ok(typeof body === 'object' && 'parts' in body);
  return body.parts
    .map((part) => (Buffer.isBuffer(part) ? part.toString() : `file ${part.offset}+${part.length}`))
    .join('|');
}

test('one range goes bare, and says which it is', () => {
  for (const body of ['0123456789', Buffer.from('0123456789')]) {
    const answer = ask('bytes=2-4', { answer: whole(body) });
    assert.deepEqual([answer.status, answer.length, bodyOf(answer)], [206, 3, '234']);
    assert.equal(answer.fields.get('content-range'), 'bytes 2-4/10');
  }
});

test('several ranges have parts of their own', () => {
  const answer = ask('bytes=0-1,-2');
  assert.match(answer.fields.get('content-type') ?? '', /^multipart\/byteranges; boundary=/);
  const body = bodyOf(answer).replaceAll('|', '');
  assert.match(
    body,
    /Content-Type: text\/plain\r\nContent-Range: bytes 0-1\/10\r\n\r\n01\r\n.*bytes 8-9\/10\r\n\r\n89\r\n/s,
  );
  assert.equal(answer.length, body.length);
});

test('of a file only what is asked for is read, and it is released once', () => {
  let released = 0;
  const release = (): void => {
    released += 1;
  };
  const parts = [
    { kind: 'file', fd: 9, offset: 100, length: 50 },
    { kind: 'file', fd: 9, offset: 500, length: 50 },
  ] as const;
  const answer = fakeAnswer({ fields: FIELDS, length: 100, whole: { kind: 'parts', length: 100, parts, release } });
  assert.equal(bodyOf(ask('bytes=40-59', { answer })), 'file 140+10|file 500+10');
  assert.ok(typeof answer.whole === 'object' && 'release' in answer.whole);
  answer.whole.release();
  assert.equal(released, 1);
});

test('what fits no range is refused with the length', () => {
  const { refusal } = ask('bytes=10-');
  assert.deepEqual([refusal?.status, refusal?.fields.text], [416, 'Content-Range: bytes */10\r\n']);
});

test('responses whose bytes are not known as a whole, or have changed, are left alone', () => {
  for (const answer of [
    { ...whole('0123456789'), takesRanges: false },
    { ...whole('0123456789'), status: 404 },
    { ...whole('0123456789'), length: undefined },
  ]) {
    const { status } = answer;
    assert.equal(ask('bytes=0-1', { answer }).status, status);
  }
  assert.equal(ask('bytes=0-1', { ifRange: '"b"' }).status, 200);
  assert.equal(ask('bytes=0-1', { ifRange: '"a"' }).status, 206);
  assert.equal(ask('lines=1').status, 200);
  assert.equal(ask('bytes=0-1', { files: { rangesMax: 0 } }).status, 200);
});
