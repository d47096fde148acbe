/**
 * One JSON object a line, sans-I/O. A line that is too long or is no object is a fault, after which the reader says nothing more:
 * the two ends are of one release, so a broken line means that something else writes here.
 */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';

export const CONTROL_LIMITS: { readonly lineBytesMax: number } = {
  /** A traceback of a deep recursion, escaped, is some hundred KiB. */
  lineBytesMax: 4 * 1024 * 1024,
};

const LINE_FEED = 0x0a;

export type ControlMessage = Readonly<Record<string, unknown>> & { readonly kind: string };

export class JsonLines {
  #parts: Buffer[] = [];
  #bytes = 0;
  #fault: string | undefined;
  readonly #lineBytesMax: number;

  constructor(lineBytesMax: number = CONTROL_LIMITS.lineBytesMax) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** All messages that `bytes` completes, or the fault. */
  feed(bytes: Buffer): Outcome<ControlMessage[]> {
    const messages: ControlMessage[] = [];
    let start = 0;
    while (this.#fault === undefined) {
      const end = bytes.indexOf(LINE_FEED, start);
      const part = bytes.subarray(start, end === -1 ? bytes.length : end);
      this.#bytes += part.length;
      if (this.#bytes > this.#lineBytesMax) {
        this.#fault = 'control.line-too-long';
        break;
      }
      this.#parts.push(part);
      if (end === -1) {
        return success(messages);
      }
      const message = parseMessage(this.#takeLine());
      if (message === undefined) {
        this.#fault = 'control.not-a-message';
        break;
      }
      messages.push(message);
      start = end + 1;
    }
    this.#parts = [];
    return failure(this.#fault);
  }

  #takeLine(): string {
    const line = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.#bytes = 0;
    return line;
  }
}

export function renderLine(message: { readonly kind: string }): string {
  return `${JSON.stringify(message)}\n`;
}

function parseMessage(line: string): ControlMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const isMessage = typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
  // Checked the line above.
  return isMessage ? (value as ControlMessage) : undefined;
}
