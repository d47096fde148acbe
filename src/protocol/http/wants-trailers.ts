import type { FieldBlock } from './fields.ts';

/** RFC 9110 6.5.1: the client has said that it takes them. */
export function wantsTrailers(block: FieldBlock): boolean {
  return block.getAll('te').some((value) => /(?:^|,)[\t ]*trailers[\t ]*(?:,|$)/i.test(value));
}
