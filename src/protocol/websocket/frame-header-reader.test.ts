import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { clientFrame } from './fake-client-frame.ts';
import { FrameHeaderReader } from './frame-header-reader.ts';

const RULES = { messageBytesMax: 100_000, allowsCompressed: true };

/** How many bytes of the header are read before it is refused. */
function refusedAfter(bytes: readonly number[], isInMessage = false, messageBytes = 0): number | undefined {
  const reader = new FrameHeaderReader(RULES);
  reader.start(isInMessage, messageBytes);
  const end = reader.read(Buffer.from(bytes), 0);
  return reader.fault === undefined ? undefined : end;
}

test('FrameHeaderReader reads a header and stops before the payload, however it is cut', () => {
  for (const declared of [0, 125, 126, 65_535, 65_536]) {
    const bytes = clientFrame({ opcode: 2, declared, isFinal: false, reserved: 4, key: [1, 2, 3, 4], payload: 'xyz' });
    for (const size of [bytes.length, 1, 2, 3]) {
      const reader = new FrameHeaderReader(RULES);
      reader.start(false, 0);
      let read = 0;
      for (let at = 0; at < bytes.length && !reader.isComplete; at += size) {
        read += reader.read(bytes.subarray(at, at + size), 0);
      }
      equal(read, bytes.length - 3);
      const { opcode, isFinal, isCompressed, length, key, fault } = reader;
      deepEqual(
        { opcode, isFinal, isCompressed, length, key, fault },
        { opcode: 2, isFinal: false, isCompressed: true, length: declared, key: 0x04030201, fault: undefined },
      );
    }
  }
});

test('FrameHeaderReader reads one header after another', () => {
  const bytes = Buffer.concat([
    clientFrame({ opcode: 1, key: [9, 9, 9, 9] }),
    clientFrame({ opcode: 10, declared: 7 }),
  ]);
  const reader = new FrameHeaderReader(RULES);
  reader.start(false, 0);
  const end = reader.read(bytes, 0);
  deepEqual([end, reader.opcode, reader.isControl, reader.length, reader.key], [6, 1, false, 0, 0x09090909]);
  reader.start(false, 0);
  equal(reader.isComplete, false);
  equal(reader.read(bytes, end), 12);
  deepEqual([reader.opcode, reader.isControl, reader.length], [10, true, 7]);
});

test('FrameHeaderReader refuses at the byte that breaks a rule', () => {
  equal(refusedAfter([0x91, 0x80, 0, 0]), 1, 'a reserved bit');
  equal(refusedAfter([0xc9, 0x80, 0, 0]), 1, 'RSV1 on a control frame');
  equal(refusedAfter([0x83, 0x80, 0, 0]), 1, 'an unknown opcode');
  equal(refusedAfter([0x80, 0x80, 0, 0]), 1, 'a continuation of nothing');
  equal(refusedAfter([0x81, 0x80, 0, 0], true), 1, 'a message inside another');
  equal(refusedAfter([0x09, 0x80, 0, 0]), 1, 'a fragmented ping');
  equal(refusedAfter([0x81, 0x05, 0, 0]), 2, 'no mask');
  equal(refusedAfter([0x88, 0xfe, 0, 0]), 2, 'a long close');
  equal(refusedAfter([0x82, 0xff, 0x80, 0]), 3, 'the highest bit');
  equal(refusedAfter([0x82, 0xfe, 0, 125, 0]), 4, 'a length of 125 in two bytes');
  equal(refusedAfter([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0]), 10, 'a length of 65535 in eight bytes');
  equal(refusedAfter([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0x86, 0xa1, 0]), 10, 'one byte over the limit');
  equal(refusedAfter([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0x86, 0xa0, 0, 0, 0, 0]), undefined, 'the limit');
});

test('FrameHeaderReader counts the fragments before, but not for a control frame', () => {
  equal(refusedAfter([0x00, 0x8a, 0, 0, 0, 0], true, 99_990), undefined);
  equal(refusedAfter([0x00, 0x8b, 0, 0, 0, 0], true, 99_990), 2);
  equal(refusedAfter([0x89, 0x8b, 0, 0, 0, 0], true, 99_990), undefined);
});

test('FrameHeaderReader reads nothing after a fault', () => {
  const reader = new FrameHeaderReader(RULES);
  reader.start(false, 0);
  reader.read(Buffer.of(0x83), 0);
  const { fault } = reader;
  equal(reader.read(Buffer.of(0x81, 0x80), 0), 0);
  equal(reader.fault, fault);
});
