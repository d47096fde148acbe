/** A field section for tests: of any lines, which are neither checked nor made anything of. */

import { isConditionField } from './condition-fields.ts';
import type { Field, FieldBlock } from './fields.ts';
import { isProxyField } from './forwarded-fields.ts';

export function fieldBlock(lines: readonly (readonly [name: string, value: string])[]): FieldBlock {
  const fields = lines.map(([name, value]): Field => ({ name, lower: name.toLowerCase(), value }));
  return {
    fields,
    get: (lower) => fields.find((field) => field.lower === lower)?.value,
    getAll: (lower) => fields.filter((field) => field.lower === lower).map(({ value }) => value),
    hasProxyFields: fields.some(({ lower }) => isProxyField(lower)),
    hasConditions: fields.some(({ lower }) => isConditionField(lower)),
  };
}
