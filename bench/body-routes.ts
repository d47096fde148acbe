// What 1 MB costs on its way to Python, by route, without any of our code: through the lane's socket, in pieces or whole, and through shared memory.
//
//   .venv/node/bin/node bench/body-routes.ts
//
// It writes from 64 places in turn, as 64 clients that upload at a time make it: none of them is in the processor's cache.

import { spawn } from 'node:child_process';
import { ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MB = 2 ** 20;
const PIECE = 65_536;
const PLACES = 64;
const BODIES = 2000;
/** Bodies that the worker has not answered. */
const UNDER_WAY_MAX = 8;
const US_PER_MS = 1000;
const DESCRIPTOR = '_handle';

const folder = mkdtempSync(join(tmpdir(), 'bench-routes-'));
const socketPath = join(folder, 'lane.sock');
const segmentPath = `/dev/shm/bench-routes-${process.pid}`;
const segment = openSync(segmentPath, 'w+');
ftruncateSync(segment, PLACES * MB);
const bodies = Buffer.alloc(PLACES * MB, 'x');

/** By writes of 64 KB, as they are read from the client. */
function writeToSegment(place: number): void {
  for (let at = place * MB; at < (place + 1) * MB; at += PIECE) writeSync(segment, bodies, at, PIECE, at);
}

/** Into the socket, at once as far as there is room. False: the rest follows, and `then` is called behind it. */
function writeToSocket(socket: Socket, fd: number, place: number, then: () => void): boolean {
  const body = bodies.subarray(place * MB, (place + 1) * MB);
  let sent = 0;
  try {
    sent = writeSync(fd, body);
  } catch {
    // The socket is full: nothing has left.
    sent = 0;
  }
  if (sent === MB) return true;
  socket.write(body.subarray(sent), then);
  return false;
}

async function measure(route: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    const { fd } = (socket as unknown as Record<typeof DESCRIPTOR, { fd: number }>)[DESCRIPTOR];
    const before = process.cpuUsage();
    let sent = 0;
    let answered = 0;
    const pump = (): void => {
      while (sent < BODIES && sent - answered < UNDER_WAY_MAX) {
        const place = sent % PLACES;
        sent += 1;
        if (route === 'segment') {
          writeToSegment(place);
          writeSync(fd, Buffer.of(place));
        } else if (!writeToSocket(socket, fd, place, pump)) return;
      }
      if (answered === BODIES) {
        const { user, system } = process.cpuUsage(before);
        console.log(`${route}: edge ${((user + system) / BODIES).toFixed(0)} us`);
        socket.destroy();
        server.close(() => resolve());
      }
    };
    socket.on('data', (answers) => {
      answered += answers.length;
      if (socket.writableLength === 0) pump();
    });
    pump();
  });
  server.listen(socketPath, () => {
    spawn('python3', [join(import.meta.dirname, 'body_routes.py'), route, socketPath, segmentPath], {
      stdio: 'inherit',
    });
  });
  await promise;
}

function measureCopy(): void {
  const memory = Buffer.alloc(PLACES * MB);
  const before = process.cpuUsage();
  for (let count = 0; count < BODIES; count += 1) {
    const place = (count % PLACES) * MB;
    for (let at = place; at < place + MB; at += PIECE) bodies.copy(memory, at, at, at + PIECE);
  }
  console.log(`a copy inside the edge: ${(process.cpuUsage(before).user / BODIES).toFixed(0)} us`);
}

try {
  const beganMs = performance.now();
  measureCopy();
  for (const route of ['pieces', 'whole', 'segment']) await measure(route);
  console.log(`${((performance.now() - beganMs) / US_PER_MS).toFixed(1)} s`);
} finally {
  rmSync(segmentPath);
  rmSync(folder, { recursive: true, force: true });
}
