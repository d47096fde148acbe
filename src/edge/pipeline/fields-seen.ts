/**
 * The fields of a request without some of them, for content that must not see these: a page that stands for a refusal is never "not modified" and never a part of
 * itself, and neither is what a subrequest answers with. Remembered by the block, as everything is that is derived from one.
 */

import { isConditionField } from '../../protocol/http/condition-fields.ts';
import type { FieldBlock } from '../../protocol/http/fields.ts';

const remembered = new WeakMap<FieldBlock, FieldBlock>();

export function withoutConditions(block: FieldBlock): FieldBlock {
  if (!block.hasConditions) {
    return block;
  }
  const known = remembered.get(block);
  if (known !== undefined) {
    return known;
  }
  const fresh: FieldBlock = {
    fields: block.fields.filter(({ lower }) => !isConditionField(lower)),
    get: (lower) => (isConditionField(lower) ? undefined : block.get(lower)),
    getAll: (lower) => (isConditionField(lower) ? [] : block.getAll(lower)),
    hasProxyFields: block.hasProxyFields,
    hasConditions: false,
  };
  remembered.set(block, fresh);
  return fresh;
}
