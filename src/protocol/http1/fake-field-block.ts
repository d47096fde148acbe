/** A field section for tests: of any lines, which are neither checked nor made anything of. */

import { FieldLine, ROLE } from './field.ts';
import { ParsedBlock } from './field-block.ts';
import type { FieldBlock } from './types.ts';

export function fieldBlock(fields: readonly (readonly [name: string, value: string])[]): FieldBlock {
  return new ParsedBlock(
    fields.map(
      ([name, value]) => new FieldLine(`${name}: ${value}`, name.length, ROLE.none, name.toLowerCase(), value),
    ),
  );
}
