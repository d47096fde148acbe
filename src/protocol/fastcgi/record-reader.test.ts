import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FastcgiRecordReader } from './record-reader.ts';

/** Pieces of the same record that follow each other are one. */
function read(text: string, size: number): { readonly told: readonly string[]; readonly reader: FastcgiRecordReader } {
  const reader = new FastcgiRecordReader();
  const told: string[] = [];
  for (let at = 0; at < text.length; at += size) {
    reader.feed(Buffer.from(text.slice(at, at + size), 'latin1'));
    while (reader.next()) {
      const { type, isEmpty, start, end } = reader;
      const content = isEmpty
        ? 'empty'
        : type === 3
          ? String(reader.protocolStatus)
          : reader.buffer.latin1Slice(start, end);
      const last = told.at(-1) ?? '';
      if (last.startsWith(`${type} `) && !last.endsWith('empty') && content !== 'empty') {
        told[told.length - 1] = last + content;
      } else {
        told.push(`${type} ${content}`);
      }
    }
  }
  if (reader.fault !== undefined) {
    told.push(reader.fault);
  }
  return { told, reader };
}

function reads(text: string, told: readonly string[]): void {
  for (const size of [text.length, 9, 8, 7, 2, 1]) {
    assert.deepEqual(read(text, size).told, told, `fed ${size} bytes at a time`);
  }
}

test('content is handed on as it comes, and padding is skipped', () => {
  reads(
    '\x01\x06\0\x01\0\x05\x03\0hello\0\0\0\x01\x07\0\x01\0\x03\0\0err\x01\x06\0\x01\0\0\x08\0paddings\x01\x03\0\x01\0\x08\x02\0\0\0\0\0\x02\0\0\0pp',
    ['6 hello', '7 err', '6 empty', '3 2'],
  );
});

test('the end of a request counts when its padding has come', () => {
  const { told, reader } = read('\x01\x03\0\x01\0\x08\x02\0\0\0\0\0\0\0\0\0p', 25);
  assert.deepEqual(told, []);
  reader.feed(Buffer.from('pX'));
  assert.equal(reader.next(), true);
  assert.equal(reader.restBytes, 1);
});

test('what is no record for this request is refused', () => {
  const cases: Record<string, string> = {
    '\0': 'upstream sent unsupported FastCGI protocol version: 0',
    'HTTP/1.1 400 Bad Request': 'upstream sent unsupported FastCGI protocol version: 72',
    '\x01\x0b\0\0\0\x08\0\0': 'upstream sent invalid FastCGI record type: 11',
    '\x01\x05\0\x01\0\0\0\0': 'upstream sent invalid FastCGI record type: 5',
    '\x01\x06\x01\x01\0\0\0\0': 'upstream sent unexpected FastCGI request id high byte: 1',
    '\x01\x06\0\x02\0\0\0\0': 'upstream sent unexpected FastCGI request id low byte: 2',
    '\x01\x03\0\x01\0\x09\0\0': 'upstream sent invalid FastCGI record length: 9',
    '\x01\x03\0\x01\0\0\0\0': 'upstream sent invalid FastCGI record length: 0',
  };
  for (const [text, fault] of Object.entries(cases)) {
    reads(text, [fault]);
    reads(`${text}more`, [fault]);
  }
});

test('a fault is final', () => {
  const { reader } = read('\0', 1);
  reader.feed(Buffer.from('\x01\x06\0\x01\0\x05\x03\0hello', 'latin1'));
  assert.equal(reader.next(), false);
});
