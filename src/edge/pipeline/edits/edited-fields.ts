/**
 * What fields of responses have become by an edit, so that a response which is edited as one before has the very same fields, and nothing is rendered again: half of
 * what a file with `expires` costs, otherwise.
 */

import type { ResponseFields } from '../../../protocol/http/response-fields.ts';

/** Values for one section of fields; there may be as many as requests ($request_id), so there is an end to it. */
const VALUES_MAX = 16;

export class EditedFields {
  readonly #known = new WeakMap<ResponseFields, Map<string, ResponseFields>>();

  /** `values`: all that the edit depends on beside the fields. */
  get(fields: ResponseFields, values: string): ResponseFields | undefined {
    return this.#known.get(fields)?.get(values);
  }

  /** Returns `edited`. */
  keep(fields: ResponseFields, values: string, edited: ResponseFields): ResponseFields {
    const known = this.#known.get(fields);
    if (known === undefined) {
      this.#known.set(fields, new Map([[values, edited]]));
    } else {
      if (known.size >= VALUES_MAX) {
        known.clear();
      }
      known.set(values, edited);
    }
    return edited;
  }
}
