/** Changes the charset of a body on its way. */

import type { BodyWriter, Source } from '../../pipeline/filters/body-writer.ts';
import { ScanningWriter } from '../scanning-writer.ts';
import type { Recoder } from './recode.ts';

/** So much is changed at a time: one character in UTF-8 may become ten bytes. */
const SLICE_BYTES = 8192;

export class RecodeWriter extends ScanningWriter {
  readonly #recoder: Recoder;

  constructor(recoder: Recoder, next: BodyWriter, before: Source) {
    super(next, before);
    this.#recoder = recoder;
  }

  protected override scan(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length && !this.mustStop) {
      const to = Math.min(bytes.length, at + SLICE_BYTES);
      this.put(this.#recoder.feed(bytes.subarray(at, to)));
      at = to;
    }
    return at;
  }

  protected override finish(): void {
    this.put(this.#recoder.end());
  }
}
