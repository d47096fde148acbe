// Clients of the driver: what each of them gets, in one word.

import { connect } from 'node:net';
import type { ClientWay } from './misbehaviours.ts';

/** `502 whole`, `200 cut`, `none` where nothing came, `left` where the client was gone first. */
export type Ending = string;

/** A client that leaves while it waits has been asked for by then. */
const LEAVES_MS = 20;
/** Without a byte: on a machine that is busy, two hundred at once may wait long for their answers. */
const PATIENCE_MS = 30_000;

export function ask(
  port: number,
  path: string,
  { bodyBytes = 0, leaves, pausesMs = 0 }: ClientWay = {},
): Promise<Ending> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let text = '';
    let received = 0;
    const end = (ending: Ending): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(ending);
    };
    const timer = setTimeout(
      () =>
        end(leaves !== undefined ? 'left' : text === '' ? 'nothing in time' : `${endingOf(text, received)}, and open`),
      leaves === undefined ? PATIENCE_MS : LEAVES_MS,
    );
    socket.setEncoding('latin1').on('data', (more: string) => {
      if (pausesMs > 0 && received === 0) {
        socket.pause();
        setTimeout(() => socket.resume(), pausesMs);
      }
      received += more.length;
      timer.refresh();
      text += text.length < MEASURED_CHARS ? more : '';
      if (leaves === 'reading') {
        end('left');
      }
    });
    socket.on('error', () => end(endingOf(text, received)));
    socket.on('close', () => end(endingOf(text, received)));
    const length = bodyBytes === 0 ? '' : `Content-Length: ${bodyBytes}\r\n`;
    const method = bodyBytes === 0 ? 'GET' : 'PUT';
    socket.write(`${method} ${path} HTTP/1.1\r\nHost: faults.test\r\nConnection: close\r\n${length}\r\n`);
    if (bodyBytes > 0) {
      socket.write('x'.repeat(leaves === 'sending' ? bodyBytes / 2 : bodyBytes));
    }
  });
}

/** A response that is longer says how long it is. */
const MEASURED_CHARS = 100_000;

function endingOf(text: string, received: number): Ending {
  const [, status] = /^HTTP\/1\.[01] (\d+) /.exec(text) ?? [];
  const headEnd = text.indexOf('\r\n\r\n');
  if (status === undefined || headEnd === -1) {
    return 'none';
  }
  const [head, body] = [text.slice(0, headEnd), text.slice(headEnd + 4)];
  const length = /\r\nContent-Length: (\d+)/i.exec(head)?.[1];
  const isChunked = /\r\nTransfer-Encoding: chunked/i.test(head);
  const isWhole = isChunked
    ? body.endsWith('0\r\n\r\n')
    : length === undefined || received - headEnd - 4 >= Number(length);
  return `${status} ${isWhole ? 'whole' : 'cut'}`;
}

/** So many, of which some go on at once. Gives how often there was which ending. */
export async function askMany(
  count: number,
  atOnce: number,
  one: () => Promise<Ending>,
): Promise<ReadonlyMap<Ending, number>> {
  const endings = new Map<Ending, number>();
  let left = count;
  const goOn = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const ending = await one();
      endings.set(ending, (endings.get(ending) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, goOn));
  return endings;
}
