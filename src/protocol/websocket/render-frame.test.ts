import { equal, throws } from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { test } from 'node:test';
import { CLOSE_CODE } from './close-codes.ts';
import { OPCODE } from './opcodes.ts';
import {
  frameHeaderBytes,
  renderClose,
  renderFrame,
  renderFrameHeader,
  renderFrameHeaderText,
  renderPing,
  renderPong,
  writeFrameHeader,
} from './render-frame.ts';

test('renderFrame() makes the unmasked frames of RFC 6455 5.7', () => {
  equal(renderFrame({ opcode: OPCODE.text }, Buffer.from('Hello')).toString('hex'), '810548656c6c6f');
  equal(renderFrame({ opcode: OPCODE.text, isFinal: false }, Buffer.from('Hel')).toString('hex'), '010348656c');
  equal(renderFrame({ opcode: OPCODE.continuation }, Buffer.from('lo')).toString('hex'), '80026c6f');
  equal(renderPing(Buffer.from('Hello')).toString('hex'), '890548656c6c6f');
  equal(renderPong(Buffer.from('Hello')).toString('hex'), '8a0548656c6c6f');
  equal(renderFrame({ opcode: OPCODE.binary }, Buffer.alloc(256)).subarray(0, 4).toString('hex'), '827e0100');
  equal(
    renderFrame({ opcode: OPCODE.binary }, Buffer.alloc(65_536)).subarray(0, 10).toString('hex'),
    '827f0000000000010000',
  );
});

test('renderFrame() makes the compressed frames of RFC 7692 7.2.3.1', () => {
  const compressed = Buffer.from('f248cdc9c90700', 'hex');
  equal(renderFrame({ opcode: OPCODE.text, isCompressed: true }, compressed).toString('hex'), 'c107f248cdc9c90700');
  equal(
    renderFrame({ opcode: OPCODE.text, isFinal: false, isCompressed: true }, compressed.subarray(0, 3)).toString('hex'),
    '4103f248cd',
  );
});

test('the shortest form of a length is used', () => {
  for (const [length, bytes] of [
    [0, 2],
    [125, 2],
    [126, 4],
    [65_535, 4],
    [65_536, 10],
    [2 ** 40, 10],
  ] as const) {
    equal(frameHeaderBytes(length), bytes, `${length}`);
    const header = renderFrameHeader({ opcode: OPCODE.binary, length });
    equal(header.length, bytes);
    equal(renderFrameHeaderText({ opcode: OPCODE.binary, length }), header.latin1Slice());
  }
  equal(renderFrameHeader({ opcode: OPCODE.binary, length: 65_535 }).toString('hex'), '827effff');
  equal(renderFrameHeader({ opcode: OPCODE.binary, length: 2 ** 32 + 5 }).toString('hex'), '827f0000000100000005');
  equal(renderFrameHeader({ opcode: OPCODE.binary, length: 2 ** 32 - 1 }).toString('hex'), '827f00000000ffffffff');
});

test('writeFrameHeader() writes in place and says where the payload begins', () => {
  const bytes = Buffer.alloc(8, 0xee);
  equal(writeFrameHeader(bytes, 1, { opcode: OPCODE.text, length: 200 }), 5);
  equal(bytes.toString('hex'), 'ee817e00c8eeeeee');
});

test('renderPing() and renderPong() may be empty, and hold 125 bytes', () => {
  equal(renderPing().toString('hex'), '8900');
  equal(renderPong().toString('hex'), '8a00');
  equal(renderPong(Buffer.alloc(125)).length, 127);
  throws(() => renderPing(Buffer.alloc(126)), RangeError);
});

test('renderClose() gives the code and the reason', () => {
  equal(renderClose(1000).toString('hex'), '880203e8');
  equal(renderClose(4999, 'é').toString('hex'), '88041387c3a9');
  equal(renderClose(CLOSE_CODE.none).toString('hex'), '8800');
  equal(renderClose(CLOSE_CODE.none, 'not sent').toString('hex'), '8800');
});

test('renderClose() cuts a long reason between two characters', () => {
  for (const [reason, kept] of [
    ['x'.repeat(123), 123],
    ['x'.repeat(124), 123],
    [`${'x'.repeat(122)}é`, 122],
    [`${'x'.repeat(121)}é`, 123],
    [`${'x'.repeat(121)}€`, 121],
    [`${'x'.repeat(120)}𝄞`, 120],
    ['𝄞'.repeat(31), 120],
    ['é'.repeat(1000), 122],
  ] as const) {
    const frame = renderClose(1001, reason);
    equal(frame[1], kept + 2, reason);
    const text = frame.subarray(4);
    equal(isUtf8(text), true);
    equal(reason.startsWith(text.toString()), true);
  }
});

test('renderClose() refuses codes that no frame may have', () => {
  for (const code of [0, 999, 1004, 1006, 1015, 2999, 5000, 70_000]) {
    throws(() => renderClose(code), RangeError, `${code}`);
  }
});
