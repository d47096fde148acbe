/** All traps in nginx's files, in the order of the files. */

import type { Diagnostic } from '../../../diagnostic.ts';
import type { BlockKind } from '../block-kind.ts';
import type { Directive } from '../tree.ts';
import { ACCESS_TRAPS } from './access.ts';
import { FIELD_TRAPS } from './fields.ts';

import { CONNECTION_TRAPS } from './kept-connections.ts';
import { MISSING_TARGETS } from './missing-targets.ts';
import { NAME_TRAPS } from './names.ts';
import { PATH_TRAPS } from './paths.ts';
import { PROXY_TRAPS } from './proxying.ts';
import { REGEX_TRAPS } from './regexes.ts';
import { REWRITE_TRAPS } from './rewriting.ts';
import { SeenBlock } from './seen-block.ts';
import type { TrapRule } from './trap.ts';
import type { TrapCode } from './trap-codes.ts';
import { TRAPS } from './trap-codes.ts';

const RULES: readonly TrapRule[] = [
  ...[...PATH_TRAPS, ...FIELD_TRAPS, ...ACCESS_TRAPS, ...REWRITE_TRAPS],
  ...[...REGEX_TRAPS, ...NAME_TRAPS, ...PROXY_TRAPS, ...CONNECTION_TRAPS, ...MISSING_TARGETS],
];

/** Of one code. A file that is included in many places has each of its traps once; ten thousand sites that are made from one template have the same one each. */
const TRAPS_MAX = 10_000;

export function findTraps(tree: readonly Directive[], kind: BlockKind): readonly Diagnostic[] {
  const whole = new SeenBlock(kind, tree);
  const found = new Map<string, Diagnostic>();
  const counts = new Map<TrapCode, number>();
  for (const rule of RULES) {
    rule(whole, (code, place, message, severity) => {
      const { why, wayOut, severity: usual } = TRAPS[code];
      const key = JSON.stringify([code, place, message]);
      const count = counts.get(code) ?? 0;
      if (count < TRAPS_MAX && !found.has(key)) {
        counts.set(code, count + 1);
        found.set(key, { severity: severity ?? usual, code, place, message, hint: `${why}\n${wayOut}` });
      }
    });
  }
  return [...found.values()];
}
