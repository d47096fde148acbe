/** The fields of a request that bear on a file, gathered in one pass. */

import type { FieldBlock } from '../../../protocol/http/fields.ts';
import type { Conditions } from './conditional.ts';

export class RequestFields implements Conditions {
  ifMatch: string | undefined;
  ifNoneMatch: string | undefined;
  ifModifiedSince: string | undefined;
  ifUnmodifiedSince: string | undefined;
  ifRange: string | undefined;
  range: string | undefined;
  acceptEncoding: string | undefined;
  /** One of the conditions, `range` or `ifRange` is there. */
  isConditional = false;

  /** Reads into this object, which is used again for the next request. */
  read(block: FieldBlock): void {
    this.#clear();
    for (const { lower, value } of block.fields) {
      // Most fields of most requests are told apart by their length.
      switch (lower.length) {
        case 5:
          if (lower === 'range') {
            this.range = this.#add(this.range, value);
          }
          break;
        case 8:
          if (lower === 'if-match') {
            this.ifMatch = this.#add(this.ifMatch, value);
          } else if (lower === 'if-range') {
            this.ifRange = this.#add(this.ifRange, value);
          }
          break;
        case 13:
          if (lower === 'if-none-match') {
            this.ifNoneMatch = this.#add(this.ifNoneMatch, value);
          }
          break;
        case 15:
          if (lower === 'accept-encoding') {
            this.acceptEncoding = join(this.acceptEncoding, value);
          }
          break;
        case 17:
          if (lower === 'if-modified-since') {
            this.ifModifiedSince = this.#add(this.ifModifiedSince, value);
          }
          break;
        case 19:
          if (lower === 'if-unmodified-since') {
            this.ifUnmodifiedSince = this.#add(this.ifUnmodifiedSince, value);
          }
          break;
        default:
      }
    }
  }

  #add(before: string | undefined, value: string): string {
    this.isConditional = true;
    return join(before, value);
  }

  #clear(): void {
    this.acceptEncoding = undefined;
    if (this.isConditional) {
      this.isConditional = false;
      this.ifMatch = undefined;
      this.ifNoneMatch = undefined;
      this.ifModifiedSince = undefined;
      this.ifUnmodifiedSince = undefined;
      this.ifRange = undefined;
      this.range = undefined;
    }
  }
}

/** RFC 9110 5.3. A field that is no list becomes invalid by it, as it should: two dates are none, two sets of ranges are neither. */
function join(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}
