/** What the steps of a plan are called where a request is followed through it: one label for each step, in the order in which the compiler makes them. */

import type { Instruction } from '../../config/model/instruction.ts';
import type { Scope } from '../../config/model/scope.ts';
import { renderCondition } from '../../config/toml/condition.ts';
import { describeInstruction } from './describe-content.ts';

export type StepLabel =
  | { readonly kind: 'instruction' | 'rule'; readonly text: string }
  /** Passes over what is in the `if`, unless it holds … */
  | { readonly kind: 'condition'; readonly text: string }
  /** … which this step is the first of. */
  | { readonly kind: 'holds' };

/** As `compileRewrite` makes steps of them. */
export function labelsOfInstructions(instructions: readonly Instruction[]): readonly StepLabel[] {
  return instructions.flatMap((instruction): readonly StepLabel[] =>
    instruction.kind === 'if'
      ? [
          { kind: 'condition', text: `if ${renderCondition(instruction.condition)}` },
          { kind: 'holds' },
          ...labelsOfInstructions(instruction.inside),
        ]
      : [{ kind: 'instruction', text: describeInstruction(instruction) }],
  );
}

/** In the order in which a scope's steps are compiled (`edge/plan/compile-scope.ts`). */
const RULES: readonly (readonly [keyof Scope, string])[] = [
  ['realIp', 'who the client is'],
  ['requestRates', 'how many requests a client may make'],
  ['connectionCounts', 'how many requests a client may have open'],
  ['access', 'who may come in'],
  ['mirrors', 'copies of the request'],
  ['tryFiles', 'try_files'],
];

/** Where there are more steps or fewer than rules that are known by name, none of them is called by one. */
export function labelsOfScope(scope: Scope, count: number): readonly StepLabel[] {
  const named = RULES.filter(
    ([key]) => scope[key] !== undefined || (key === 'access' && scope.exceptMethods !== undefined),
  );
  const texts =
    named.length === count ? named.map(([, text]) => text) : Array.from({ length: count }, () => 'a rule of the place');
  return texts.map((text) => ({ kind: 'rule', text }));
}
