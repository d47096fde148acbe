/**
 * The error output of an application: lines of the log, in the words of nginx. How much of it one response may put there is limited: an application that writes without end would
 * fill the disk. Texts that make the response a fault (`fastcgi_catch_stderr`) are found also where they lie across two records.
 */

import type { ResponseSink } from '../wire.ts';
import { escapeOutput } from './escape-output.ts';

/** Of one response. A traceback has ten kilobytes. */
export const ERROR_OUTPUT_BYTES_MAX: number = 256 * 1024;

/** nginx takes these away from the end. */
const ENDING = '\r\n. ';

export class ErrorOutput {
  readonly #sink: Pick<ResponseSink, 'onNote'>;
  readonly #faults: readonly string[];
  /** So much of what came before may be the beginning of a fault. */
  readonly #keptMax: number;
  #kept = '';
  #bytes = 0;

  constructor(sink: Pick<ResponseSink, 'onNote'>, faults: readonly string[]) {
    this.#sink = sink;
    this.#faults = faults;
    this.#keptMax = Math.max(0, ...faults.map(({ length }) => length - 1));
  }

  /** Latin-1. True: it has one of the faults. */
  take(text: string): boolean {
    if (text === '') {
      return false;
    }
    this.#tell(text);
    const seen = this.#kept + text;
    this.#kept = this.#keptMax === 0 ? '' : seen.slice(-this.#keptMax);
    return this.#faults.some((fault) => seen.includes(fault));
  }

  #tell(text: string): void {
    const bytesMax = ERROR_OUTPUT_BYTES_MAX;
    if (this.#bytes >= bytesMax) {
      return;
    }
    this.#bytes += text.length;
    this.#sink.onNote('error', `FastCGI sent in stderr: "${escapeOutput(withoutEnding(text))}"`);
    if (this.#bytes >= bytesMax) {
      this.#sink.onNote('error', `FastCGI sent ${bytesMax} bytes in stderr for one response: what follows is not told`);
    }
  }
}

function withoutEnding(text: string): string {
  let end = text.length;
  while (end > 0 && ENDING.includes(text.charAt(end - 1))) {
    end -= 1;
  }
  return text.slice(0, end);
}
