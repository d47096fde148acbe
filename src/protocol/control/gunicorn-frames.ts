/** The frames of gunicorn's control interface, sans-I/O: four bytes of length, the most significant first, and so many bytes of JSON. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';

export interface GunicornRequest {
  /** Comes back with the answer. */
  readonly id: unknown;
  /** `worker add 2` */
  readonly command: string;
  /** More words of it. */
  readonly args: readonly string[];
}

export const GUNICORN_FRAME_LIMITS = {
  /** gunicorn takes 16 MiB; its longest command is `worker kill PID`. */
  requestBytesMax: 65_536,
} as const;

const LENGTH_BYTES = 4;

export class GunicornFrames {
  #bytes: Buffer = Buffer.alloc(0);

  /** All requests that `bytes` completes, or the fault, after which nothing more can be read. */
  feed(bytes: Buffer): Outcome<GunicornRequest[]> {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    const requests: GunicornRequest[] = [];
    while (this.#bytes.length >= LENGTH_BYTES) {
      const length = this.#bytes.readUInt32BE();
      if (length > GUNICORN_FRAME_LIMITS.requestBytesMax) {
        return failure('gunicorn-control.frame-too-long');
      }
      const end = LENGTH_BYTES + length;
      if (this.#bytes.length < end) {
        break;
      }
      const request = parseRequest(this.#bytes.subarray(LENGTH_BYTES, end).toString('utf8'));
      if (request === undefined) {
        return failure('gunicorn-control.not-a-request');
      }
      requests.push(request);
      this.#bytes = this.#bytes.subarray(end);
    }
    return success(requests);
  }
}

export function renderGunicornFrame(value: object): Buffer {
  const text = Buffer.from(JSON.stringify(value));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text]);
}

function parseRequest(text: string): GunicornRequest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  // Whatever keys it has.
  const { id = 0, command = '', args } = value as { id?: unknown; command?: unknown; args?: unknown };
  return typeof command === 'string'
    ? { id, command, args: Array.isArray(args) ? args.map((word: unknown) => String(word)) : [] }
    : undefined;
}
