import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FilePart } from '../../protocol/http/exchange.ts';
import type { Pair } from '../../relay/sockets/fake-connection.ts';
import { openPair } from '../../relay/sockets/fake-connection.ts';
import type { OutputEvents } from './output.ts';
import { Output } from './output.ts';

const HIGH_WATER_BYTES = 65_536;

/** A client that takes what is written when it is told to, and by the socket's rules says nothing of small pieces. */
class SlowSocket {
  writableLength = 0;
  received = '';
  /** As they were given. */
  readonly pieces: (string | Buffer)[] = [];
  #waiting: { bytes: Buffer; done: (() => void) | undefined }[] = [];

  get writableNeedDrain(): boolean {
    return this.writableLength >= HIGH_WATER_BYTES;
  }

  write(data: string | Buffer, ...[second, third]: ReadonlyArray<string | (() => void)>): boolean {
    this.pieces.push(data);
    const bytes = Buffer.from(data);
    const done = typeof second === 'function' ? second : third;
    this.writableLength += bytes.length;
    this.#waiting.push({ bytes, done: typeof done === 'function' ? done : undefined });
    return true;
  }

  take(): void {
    const { bytes, done } = this.#waiting.shift() ?? {};
    this.writableLength -= bytes?.length ?? 0;
    this.received += String(bytes);
    done?.();
  }

  cork(): void {
    // Nothing is taken before it is asked for.
  }

  uncork(): void {
    // The same.
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }
}

test('Output tells that all is sent when the last, small piece of a file is taken late', async () => {
  const path = join(tmpdir(), `portico-output-${process.pid}`);
  writeFileSync(path, 'a small file');
  const fd = openSync(path, 'r');
  rmSync(path);
  const socket = new SlowSocket();
  const told: string[] = [];
  const output = new Output(socket as unknown as Socket, {
    onDrain: () => told.push('drained'),
    onError: (error) => told.push(error.message),
    onBug: (error) => told.push(String(error)),
  });
  output.file({ kind: 'file', fd, offset: 2, length: 10 }, () => told.push('sent'));
  output.text(', and what follows');
  for (let turn = 0; turn < 100 && !socket.isWaiting; turn += 1) await new Promise(setImmediate);
  deepEqual(told, ['sent']);
  equal(output.isEmpty, false);
  while (socket.isWaiting) socket.take();
  equal(socket.received, 'small file, and what follows');
  deepEqual(told, ['sent', 'drained']);
  equal(output.isEmpty, true);
  closeSync(fd);
});

const UNHEARD: OutputEvents = { onDrain: () => undefined, onError: () => undefined, onBug: () => undefined };
const BODY = Buffer.from('the body');

async function readAll({ edge, peer }: Pair): Promise<string> {
  edge.end();
  let text = '';
  for await (const piece of peer as AsyncIterable<Buffer>) text += piece.latin1Slice();
  return text;
}

/** Writes in every way that the output has, each with a letter of its own and so many bytes. */
function writeAll(output: Output, size: number): string {
  const bytes = (letter: string): Buffer => Buffer.from(letter.repeat(size));
  output.text('a'.repeat(size));
  output.buffer(bytes('b'));
  output.joined('C', bytes('c'));
  const borrowed = Buffer.concat([Buffer.from('xx'), bytes('d'), Buffer.from('xx')]);
  output.borrowed('D', { buffer: borrowed, start: 2, length: size });
  borrowed.fill('y');
  return `${'a'.repeat(size)}${'b'.repeat(size)}C${'c'.repeat(size)}D${'d'.repeat(size)}`;
}

test('Output writes a text in front of borrowed bytes, where the room is given for it', async () => {
  await using pair = await openPair();
  const output = new Output(pair.edge, UNHEARD);
  const body = 'the body'.padStart(5000);
  const read = Buffer.from(`what was read before; ${body}, what follows`);
  const start = read.indexOf(body);
  output.borrowed('head ', { buffer: read, start, length: body.length });
  equal(read.toString(), `what was read befhead ${body}, what follows`);
  output.text(' text');
  equal(output.isEmpty, true);
  equal(await readAll(pair), `head ${body} text`);
});

test('Output sends short pieces as they were given, whatever follows before the kernel takes them', async () => {
  await using pair = await openPair();
  await using other = await openPair();
  const [output, next] = [new Output(pair.edge, UNHEARD), new Output(other.edge, UNHEARD)];
  const read = Buffer.alloc(100);
  let sent = '';
  for (let count = 0; output.isEmpty; count += 1) {
    const text = `${count} `.padEnd(1500, '.');
    output.borrowed(text, { buffer: read.fill(String(count % 10)), start: 10, length: 50 });
    sent += text + String(count % 10).repeat(50);
  }
  output.text('the last');
  next.text('for somebody else '.repeat(100));
  next.borrowed('x'.repeat(2000), { buffer: read.fill('!'), start: 0, length: 50 });
  equal(await readAll(pair), `${sent}the last`);
  equal(await readAll(other), `${'for somebody else '.repeat(100)}${'x'.repeat(2000)}${'!'.repeat(50)}`);
});

test('Output sends all that waits when the connection is ended behind it, whoever asks when the pieces before are taken', async () => {
  await using pair = await openPair();
  const output = new Output(pair.edge, UNHEARD);
  const piece = 'x'.repeat(4000);
  let sent = 0;
  const send = () => {
    output.borrowed('', { buffer: Buffer.from(piece), start: 0, length: piece.length });
    sent += piece.length;
  };
  // The kernel has no room any more: the stream is asked to tell when it has.
  while (output.isEmpty) send();
  // More than the kernel will take at once then.
  for (let count = 0; count < 1000; count += 1) send();
  pair.edge.destroySoon();
  equal((await readAll(pair)).length, sent);
});

test('Output keeps what the kernel has no room for of borrowed bytes', async () => {
  await using pair = await openPair();
  const output = new Output(pair.edge, UNHEARD);
  const read = Buffer.alloc(900_000, 'body');
  output.borrowed('head', { buffer: read, start: 400_000, length: 500_000 });
  read.fill('x');
  equal(output.isEmpty, false);
  equal(await readAll(pair), `head${'body'.repeat(125_000)}`);
});

for (const size of [1, 5000, 60_000, 300_000]) {
  test(`Output sends pieces of ${size} bytes in their order, whoever takes them when`, async () => {
    await using pair = await openPair();
    await using other = await openPair();
    const [output, elsewhere] = [pair, other].map(({ edge }) => new Output(edge, UNHEARD)) as [Output, Output];
    let expected = '';
    for (let times = 0; times < 5; times += 1) {
      expected += writeAll(output, size);
      elsewhere.borrowed('head', { buffer: BODY, start: 0, length: BODY.length });
    }
    equal(output.isEmpty, size <= 5000);
    equal(await readAll(pair), expected);
    equal(await readAll(other), 'headthe body'.repeat(5));
  });
}

test('Output frees its copies of borrowed bytes as each is taken, and not what it was given', () => {
  const socket = new SlowSocket();
  const output = new Output(socket as unknown as Socket, UNHEARD);
  const read = Buffer.alloc(40_000, 'r');
  output.borrowed('head', { buffer: read, start: 0, length: read.length });
  output.borrowed('', { buffer: read, start: 10_000, length: 20_000 });
  const given = Buffer.alloc(30_000, 'g');
  output.buffer(given);
  const lengths = (): number[] => socket.pieces.map(({ length }) => length);
  deepEqual(lengths(), [4, 40_000, 20_000, 30_000]);
  socket.take();
  socket.take();
  deepEqual(lengths(), [4, 0, 20_000, 30_000]);
  while (socket.isWaiting) socket.take();
  deepEqual(lengths(), [4, 0, 0, 30_000]);
  equal(socket.received, `head${'r'.repeat(60_000)}${'g'.repeat(30_000)}`);
  deepEqual([read.length, given.length], [40_000, 30_000]);
});

test('Output sends a file behind what a slow client has not taken', async () => {
  const path = join(tmpdir(), `portico-output-behind-${process.pid}`);
  writeFileSync(path, 'f'.repeat(600_000));
  const fd = openSync(path, 'r');
  rmSync(path);
  for (const before of [10, 300_000]) {
    await using pair = await openPair();
    const output = new Output(pair.edge, UNHEARD);
    let expected = 0;
    while (pair.edge.writableLength === 0) {
      output.buffer(Buffer.alloc(3000));
      expected += 3000;
    }
    output.text('x'.repeat(before));
    const sent = new Promise<void>((resolve) => output.file({ kind: 'file', fd, offset: 0, length: 600_000 }, resolve));
    let received = 0;
    pair.peer.on('data', (piece: Buffer) => {
      received += piece.length;
    });
    await sent;
    pair.edge.end();
    await once(pair.peer, 'end');
    equal(received, expected + before + 600_000);
  }
  closeSync(fd);
});

test('Output sends the bytes of large files to clients that read at different speeds, one of which leaves', async () => {
  const bytes = randomBytes(6_000_000);
  const path = join(tmpdir(), `portico-output-large-${process.pid}`);
  writeFileSync(path, bytes);
  const fd = openSync(path, 'r');
  rmSync(path);
  await using fast = await openPair();
  await using slow = await openPair();
  await using leaving = await openPair();
  const part: FilePart = { kind: 'file', fd, offset: 5, length: bytes.length - 9 };
  const sent = [fast, slow].map(({ edge }) => {
    const output = new Output(edge, UNHEARD);
    const whole = new Promise<void>((resolve) => output.file(part, resolve));
    output.text('end');
    return whole.then(() => edge.end());
  });
  const output = new Output(leaving.edge, UNHEARD);
  leaving.edge.on('error', () => undefined).once('close', () => output.close());
  const givenUp = new Promise<void>((resolve) => output.file(part, resolve));
  leaving.peer.once('data', () => leaving.peer.destroy());
  const expected = Buffer.concat([bytes.subarray(5, -4), Buffer.from('end')]);
  const received = [fast, slow].map(async ({ peer }) => {
    const pieces: Buffer[] = [];
    for await (const piece of peer as AsyncIterable<Buffer>) {
      pieces.push(piece);
      if (peer === slow.peer && pieces.length % 8 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return Buffer.concat(pieces).equals(expected);
  });
  deepEqual(await Promise.all(received), [true, true]);
  await Promise.all([...sent, givenUp]);
  closeSync(fd);
});

test('Output ends a connection whose peer takes nothing any more', async () => {
  await using pair = await openPair();
  const output = new Output(pair.edge, UNHEARD);
  await new Promise((resolve) => pair.peer.destroy().once('close', resolve));
  const closed = once(pair.edge, 'close');
  output.borrowed('head', { buffer: BODY, start: 0, length: BODY.length });
  await closed;
  output.borrowed('head', { buffer: BODY, start: 0, length: BODY.length });
  output.buffer(BODY);
});

/** How many pieces of 64 KiB there is room for. */
function fill(output: Output): number {
  let pieces = 0;
  for (; output.reserveForBody(); pieces += 1) output.buffer(Buffer.alloc(65_536));
  return pieces;
}

/** Outputs that have all of what is there for all clients; the last has no more than each has by itself. */
function fillThread(): { readonly sockets: SlowSocket[]; readonly outputs: Output[]; readonly rooms: number[] } {
  const sockets = Array.from({ length: 18 }, () => new SlowSocket());
  const outputs = sockets.map((socket) => new Output(socket as unknown as Socket, UNHEARD));
  return { sockets, outputs, rooms: outputs.map(fill) };
}

test('Output has room for a megabyte as long as little waits for other clients, and again when these have taken theirs or have gone', () => {
  const { sockets, outputs, rooms } = fillThread();
  deepEqual(rooms, [...Array<number>(16).fill(20), 15, 4]);
  const [first, second, last] = [outputs[0]!, outputs[1]!, outputs.at(-1)!];
  while (sockets[0]!.isWaiting) sockets[0]!.take();
  first.onSocketDrain();
  equal(fill(last), 16);
  equal(fill(first), 4);
  second.close();
  second.close();
  equal(fill(first), 16);
  for (const output of outputs) output.close();
});

test('Output holds no more of a body than is said of it where much waits for others, and tells when that is taken', () => {
  const { outputs } = fillThread();
  const socket = new SlowSocket();
  let drains = 0;
  const told = { ...UNHEARD, onDrain: () => (drains += 1) };
  const output = new Output(socket as unknown as Socket, told);
  output.holdBody(10_000);
  output.buffer(Buffer.alloc(9000));
  equal(output.reserveForBody(), true);
  output.buffer(Buffer.alloc(45_000));
  equal(output.reserveForBody(), false);
  while (socket.isWaiting) socket.take();
  equal(drains, 1, 'the socket itself tells nothing of so little');
  for (const one of outputs) one.close();
  output.buffer(Buffer.alloc(12_000));
  equal(output.reserveForBody(), true, 'there is room for all again');
  output.close();
});

test('Output counts what each piece costs that waits, until none does', () => {
  const socket = new SlowSocket();
  const output = new Output(socket as unknown as Socket, UNHEARD);
  let pieces = 0;
  for (; output.hasRoom; pieces += 1) output.buffer(Buffer.from('x'));
  ok(pieces < 2000, `${pieces} pieces of one byte wait`);
  while (socket.isWaiting) socket.take();
  equal(output.hasRoom, true);
});

test('Output tells that all of many small pieces is sent, which the socket does not', () => {
  for (const [more, takenFirst] of [
    [0, 0],
    [500, 0],
    [500, 100],
  ] as const) {
    const socket = new SlowSocket();
    const told: string[] = [];
    const output = new Output(socket as unknown as Socket, { ...UNHEARD, onDrain: () => told.push('drained') });
    while (output.hasRoom) output.text('x');
    for (let taken = 0; taken < takenFirst; taken += 1) socket.take();
    for (let piece = 0; piece < more; piece += 1) output.buffer(Buffer.from('y'));
    while (socket.isWaiting) {
      deepEqual(told, []);
      socket.take();
    }
    deepEqual(told, ['drained']);
  }
});

test('Output tells a connection of Node that all of many small pieces is sent', { timeout: 5000 }, async () => {
  await using pair = await openPair();
  const drained = Promise.withResolvers<void>();
  const output = new Output(pair.edge, { ...UNHEARD, onDrain: () => drained.resolve() });
  pair.edge.on('drain', () => output.onSocketDrain());
  while (pair.edge.writableLength === 0) output.buffer(Buffer.alloc(3000));
  while (output.hasRoom) output.text('x');
  pair.peer.resume();
  await drained.promise;
  equal(output.isEmpty, true);
});
