/** A field section for tests: of any lines, which are neither checked nor made anything of. */

import { isProxyField } from '../http/forwarded-fields.ts';
import { FieldLine, ROLE } from './field.ts';
import { ParsedBlock } from './field-block.ts';
import type { FieldBlock } from './types.ts';

export function fieldBlock(fields: readonly (readonly [name: string, value: string])[]): FieldBlock {
  return new ParsedBlock(
    fields.map(
      ([name, value]) =>
        new FieldLine(
          `${name}: ${value}`,
          name.length,
          isProxyField(name.toLowerCase()) ? ROLE.proxy : ROLE.none,
          name.toLowerCase(),
          value,
        ),
    ),
  );
}
