import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { renderDer, TAG } from './der-reader.ts';
import { DELEGATED, FROM_MS, RESPONSE, UNTIL_MS } from './fake-answer.ts';
import { readOcspResponse } from './ocsp-response.ts';

test('readOcspResponse() reads what the authority says, who has signed it, and by which certificates', () => {
  const [own, delegated] = [readOcspResponse(RESPONSE), readOcspResponse(DELEGATED)];
  ok(own.ok && delegated.ok);
  const [single] = own.value.responses;
  deepEqual(
    [single?.status, single?.thisUpdateMs, single?.nextUpdateMs, single?.serial],
    ['good', FROM_MS, UNTIL_MS, Buffer.from('1234', 'hex')],
  );
  ok('keyDigest' in own.value.signer && 'subject' in delegated.value.signer);
  deepEqual([own.value.certificates.length, delegated.value.certificates.length], [0, 1]);
  equal(own.value.algorithm, '1.2.840.10045.4.3.2');
});

test('readOcspResponse() says of a failure what OpenSSL does', () => {
  const failed = (status: number): string => {
    const read = readOcspResponse(renderDer(TAG.sequence, renderDer(TAG.enumerated, Buffer.from([status]))));
    return read.ok ? '' : read.fault;
  };
  equal(failed(3), 'OCSP response not successful (3: trylater)');
  equal(failed(6), 'OCSP response not successful (6: unauthorized)');
  equal(failed(99), 'OCSP response not successful (99: (UNKNOWN))');
});

test('readOcspResponse() refuses an answer that is cut off anywhere, and one with something behind it', () => {
  for (let length = 0; length < RESPONSE.length; length += 1) {
    equal(readOcspResponse(RESPONSE.subarray(0, length)).ok, false);
  }
  equal(readOcspResponse(Buffer.concat([RESPONSE, Buffer.from([0])])).ok, false);
});

test('readOcspResponse() never throws, whichever byte is another one', () => {
  for (let at = 0; at < DELEGATED.length; at += 1) {
    for (const byte of [0, 0x7f, 0x80, 0xff]) {
      const changed = Buffer.from(DELEGATED);
      changed[at] = byte;
      readOcspResponse(changed);
    }
  }
});

const NAME = renderDer(TAG.octetString, Buffer.from('a'));
const TIME = renderDer(TAG.generalizedTime, Buffer.from('20261201000000Z'));

/** A response about as many certificates, each with this status. */
function made(count: number, status: Buffer): Buffer {
  const algorithm = renderDer(TAG.sequence, Buffer.from('06032a0304', 'hex'));
  const id = renderDer(TAG.sequence, algorithm, NAME, NAME, renderDer(TAG.integer, Buffer.from([1])));
  const single = renderDer(TAG.sequence, id, status, TIME);
  const list = renderDer(TAG.sequence, ...Array.from({ length: count }, () => single));
  const said = renderDer(TAG.sequence, renderDer(0xa2, NAME), TIME, list);
  const basic = renderDer(TAG.sequence, said, algorithm, renderDer(TAG.bitString, Buffer.from([0, 1])));
  const kind = Buffer.from('06092b0601050507300101', 'hex');
  const bytes = renderDer(TAG.sequence, kind, renderDer(TAG.octetString, basic));
  return renderDer(TAG.sequence, renderDer(TAG.enumerated, Buffer.from([0])), renderDer(0xa0, bytes));
}

test('readOcspResponse() knows the three states, and no other; newer words may be there at any time', () => {
  const states = [Buffer.from('8000', 'hex'), renderDer(0xa1, TIME), Buffer.from('8200', 'hex')].map((status) => {
    const read = readOcspResponse(made(1, status));
    return read.ok ? [read.value.responses[0]?.status, read.value.responses[0]?.nextUpdateMs] : read.fault;
  });
  deepEqual(states, [
    ['good', undefined],
    ['revoked', undefined],
    ['unknown', undefined],
  ]);
  equal(readOcspResponse(made(1, Buffer.from('8300', 'hex'))).ok, false);
});

test('readOcspResponse() reads a few, and no endless list', () => {
  const good = Buffer.from('8000', 'hex');
  equal(readOcspResponse(made(64, good)).ok, true);
  equal(readOcspResponse(made(65, good)).ok, false);
});
