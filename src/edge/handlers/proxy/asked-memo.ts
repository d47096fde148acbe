/**
 * Requests that were asked, by the fields that the client sent: one connection repeats them as a rule, and then what is asked of a server is the same object, whose
 * rendered head is remembered with it. It is the same only if everything is that it was made of.
 */

import type { FieldBlock } from '../../../protocol/http/fields.ts';
import type { AskedPlace } from './asked-place.ts';
import type { AskedRequest } from './asked-request.ts';

/** What a request is made of beside the client's fields: texts of the configuration as they come out for this request. */
export type AskedInputs = readonly (string | boolean | undefined)[];

interface Remembered {
  readonly place: AskedPlace;
  readonly inputs: AskedInputs;
  readonly asked: AskedRequest;
}

export class AskedMemo {
  readonly #known = new WeakMap<FieldBlock, Remembered>();

  find(block: FieldBlock, place: AskedPlace, inputs: AskedInputs): AskedRequest | undefined {
    const before = this.#known.get(block);
    if (before === undefined || before.place !== place || !isSame(before.inputs, inputs)) {
      return undefined;
    }
    before.asked.isRepeated = true;
    return before.asked;
  }

  /** `inputs` is copied. */
  keep(block: FieldBlock, place: AskedPlace, inputs: AskedInputs, asked: AskedRequest): AskedRequest {
    this.#known.set(block, { place, inputs: [...inputs], asked });
    return asked;
  }
}

function isSame(some: AskedInputs, others: AskedInputs): boolean {
  for (let index = 0; index < some.length; index += 1) {
    if (some[index] !== others[index]) {
      return false;
    }
  }
  return some.length === others.length;
}
