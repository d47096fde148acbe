/**
 * The fields of a request without some of them, for content that must not see these: a page that stands for a refusal is never "not modified" and never a part of
 * itself, and neither is what a subrequest answers with. Remembered by the block, as everything is that is derived from one.
 */

import type { FieldBlock } from '../../protocol/http/fields.ts';

const CONDITIONS: ReadonlySet<string> = new Set([
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  'range',
]);

const remembered = new WeakMap<FieldBlock, FieldBlock>();

const conditional = new WeakMap<FieldBlock, boolean>();

/** Whether the client wants the response only if something holds, or a part of it. */
export function hasConditions(block: FieldBlock): boolean {
  let known = conditional.get(block);
  if (known === undefined) {
    known = block.fields.some(({ lower }) => CONDITIONS.has(lower));
    conditional.set(block, known);
  }
  return known;
}

export function withoutConditions(block: FieldBlock): FieldBlock {
  if (!hasConditions(block)) {
    return block;
  }
  const known = remembered.get(block);
  if (known !== undefined) {
    return known;
  }
  const fresh: FieldBlock = {
    fields: block.fields.filter(({ lower }) => !CONDITIONS.has(lower)),
    get: (lower) => (CONDITIONS.has(lower) ? undefined : block.get(lower)),
    getAll: (lower) => (CONDITIONS.has(lower) ? [] : block.getAll(lower)),
    hasProxyFields: block.hasProxyFields,
  };
  remembered.set(block, fresh);
  return fresh;
}
