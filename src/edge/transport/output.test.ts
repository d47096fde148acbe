import { deepEqual, equal } from 'node:assert/strict';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Output } from './output.ts';

/** A client that takes what is written when it is told to, and by the socket's rules says nothing of small pieces. */
class SlowSocket {
  writableLength = 0;
  received = '';
  #waiting: { bytes: Buffer; done: (() => void) | undefined }[] = [];

  write(data: string | Buffer, done?: () => void): boolean {
    const bytes = Buffer.from(data);
    this.writableLength += bytes.length;
    this.#waiting.push({ bytes, done });
    return true;
  }

  take(): void {
    const { bytes, done } = this.#waiting.shift() ?? {};
    this.writableLength -= bytes?.length ?? 0;
    this.received += String(bytes);
    done?.();
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
