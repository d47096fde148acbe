/**
 * Which heads of responses may be compressed, and what becomes of them. Applications and files answer with the same head again and again, so both are found by a lookup.
 */

import type { Compression } from '../../../config/model/bodies.ts';
import { forbidsBody } from '../../../protocol/http/bodiless-status.ts';
import type { ResponseHead } from '../../../protocol/http/exchange.ts';
import type { ResponseFields } from '../../../protocol/http/response-fields.ts';
import type { Answer } from '../../pipeline/filters/answer.ts';
import { forgetBytes } from '../changed-body.ts';
import { compileMediaTypes } from '../media-type-set.ts';
import { addVary, forbidsTransforms } from './coding-fields.ts';

type Coding = Compression['coding'];

export class CompressibleHeads {
  readonly #isType: (fields: ResponseFields) => boolean;
  readonly #known = new WeakMap<ResponseHead, Map<Coding, ResponseHead> | null>();

  constructor(types: readonly string[]) {
    this.#isType = compileMediaTypes(types);
  }

  isCompressible(head: ResponseHead): boolean {
    return this.#formsOf(head) !== null;
  }

  /** The head of the same response in a coding. */
  inCoding(head: ResponseHead, coding: Coding): ResponseHead {
    const forms = this.#formsOf(head);
    const known = forms?.get(coding);
    if (known !== undefined) {
      return known;
    }
    const coded = codedHead(head, coding);
    forms?.set(coding, coded);
    return coded;
  }

  #formsOf(head: ResponseHead): Map<Coding, ResponseHead> | null {
    let forms = this.#known.get(head);
    if (forms === undefined) {
      forms = this.#mayBeCompressed(head) ? new Map<Coding, ResponseHead>() : null;
      this.#known.set(head, forms);
    }
    return forms;
  }

  /** A part of a representation is a part of its bytes as they are. */
  #mayBeCompressed({ status, fields }: ResponseHead): boolean {
    return (
      !forbidsBody(status) &&
      status !== 206 &&
      this.#isType(fields) &&
      !fields.has('content-encoding') &&
      !fields.has('content-range') &&
      !forbidsTransforms(fields)
    );
  }
}

function codedHead(head: ResponseHead, coding: Coding): ResponseHead {
  const { status, reason, fields } = head;
  const answer: Answer = {
    status,
    reason,
    fields,
    length: undefined,
    hasBody: true,
    takesRanges: false,
    isProxied: false,
    whole: undefined,
    isTransformed: false,
    refusal: undefined,
  };
  addVary(answer);
  forgetBytes(answer);
  return { ...head, fields: answer.fields.with('Content-Encoding', coding) };
}
