/** Which commands there are, where they may stand, and which parameters they have. Pure. */

import type { Outcome } from '../../../kernel/outcome.ts';
import { failure, success } from '../../../kernel/outcome.ts';
import type { SsiCommand } from './command-scanner.ts';

export interface CommandKind {
  /** With whether a command cannot be without it. */
  readonly parameters: Readonly<Record<string, 'optional' | 'required'>>;
  /** It stands within a conditional: behind `if` or `elif`, or behind any of its parts. */
  readonly within?: 'if' | 'else';
}

export const COMMAND_KINDS: ReadonlyMap<string, CommandKind> = new Map<string, CommandKind>([
  [
    'include',
    { parameters: { virtual: 'optional', file: 'optional', wait: 'optional', set: 'optional', stub: 'optional' } },
  ],
  ['echo', { parameters: { var: 'required', default: 'optional', encoding: 'optional' } }],
  ['config', { parameters: { errmsg: 'optional', timefmt: 'optional' } }],
  ['set', { parameters: { var: 'required', value: 'required' } }],
  ['if', { parameters: { expr: 'required' } }],
  ['elif', { parameters: { expr: 'required' }, within: 'if' }],
  ['else', { parameters: {}, within: 'if' }],
  ['endif', { parameters: {}, within: 'else' }],
  ['block', { parameters: { name: 'required' } }],
  ['endblock', { parameters: {} }],
]);

export type SsiParameters = Readonly<Record<string, string | undefined>>;

export function readParameters({ name, parameters }: SsiCommand, kind: CommandKind): Outcome<SsiParameters> {
  const read = new Map<string, string>();
  for (const [key, value] of parameters) {
    if (!Object.hasOwn(kind.parameters, key)) {
      return failure(`invalid parameter name: "${key}" in "${name}" SSI command`);
    }
    if (read.has(key)) {
      return failure(`duplicate "${key}" parameter in "${name}" SSI command`);
    }
    read.set(key, value);
  }
  for (const [key, need] of Object.entries(kind.parameters)) {
    if (need === 'required' && !read.has(key)) {
      return failure(`mandatory "${key}" parameter is absent in "${name}" SSI command`);
    }
  }
  return success(Object.fromEntries(read));
}

/** The text of a command in a block, which is run when the block is needed. */
export function commandText({ name, parameters }: SsiCommand): string {
  return `<!--#${name}${parameters.map(([key, value]) => ` ${key}="${value}"`).join('')} -->`;
}
