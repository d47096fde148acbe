/**
 * The instructions of a server or a location, with the content of each `if`; and `limit_except`, where it says more than who may ask: it is an `if` of the method then,
 * in front of all others, behind which nothing else is run.
 */

import type { Content } from '../../model/content.ts';
import type { Instruction, ScopeId } from '../../model/instruction.ts';
import { exceptionOf } from './directives/access-rules.ts';
import { CONTENT_SAID } from './directives/answering.ts';
import type { PassedTo } from './directives/passed-to.ts';
import type { DraftInstruction } from './directives/rewrite.ts';
import { INSTRUCTIONS } from './directives/rewrite.ts';
import type { Draft } from './draft.ts';

export interface BlockTables {
  scopeOf(block: Draft): ScopeId;
  /** Undefined: the block says nothing of what answers. */
  contentOf(block: Draft): Content | undefined;
}

export function instructionsOf(draft: Draft, tables: BlockTables): Instruction[] {
  const instructions = (draft.own(INSTRUCTIONS) ?? []).map((instruction, index, all) =>
    instruction.kind === 'if' ? ifOf(instruction, draft, all.slice(0, index).flatMap(passedIn), tables) : instruction,
  );
  const except = draft.kind === 'location' ? exceptionOf(draft, 'scope') : undefined;
  return except === undefined ? instructions : [exceptedOf(except, tables), ...instructions];
}

type DraftIf = Extract<DraftInstruction, { readonly kind: 'if' }>;

function ifOf(
  { condition, inside: block }: DraftIf,
  around: Draft,
  before: readonly PassedTo[],
  tables: BlockTables,
): Instruction {
  const content = tables.contentOf(block) ?? contentBehind(before, around, tables);
  const inside = instructionsOf(block, tables);
  return { kind: 'if', condition, inside, scope: tables.scopeOf(block), content };
}

function passedIn(instruction: DraftInstruction): readonly PassedTo[] {
  const said = instruction.kind === 'if' ? instruction.inside.own(CONTENT_SAID) : undefined;
  return said?.kind === 'passed' ? [said] : [];
}

/**
 * Of an `if` that says nothing of what answers, behind others that pass requests on. With nginx the last one that holds decides whom the protocol's module asks, and that
 * is whom the location around it names for the protocol; if it names nobody, the module has nobody to ask. Undefined: the content stays as it is.
 */
function contentBehind(before: readonly PassedTo[], around: Draft, tables: BlockTables): Content | undefined {
  if (before.length === 0) {
    return undefined;
  }
  const said = around.own(CONTENT_SAID);
  const isSame = said?.kind === 'passed' && before.some(({ protocol }) => protocol === said.protocol);
  return isSame ? tables.contentOf(around) : { kind: 'reply', status: 500, body: '' };
}

/** HEAD is meant where GET is named. */
function exceptedOf(except: Draft, tables: BlockTables): Instruction {
  const methods = new Set(except.words.map(({ text }) => text.toUpperCase()));
  if (methods.has('GET')) {
    methods.add('HEAD');
  }
  const pattern = { text: `^(?:${[...methods].join('|')})$`, isCaseless: false };
  return {
    kind: 'if',
    condition: { kind: 'matches', variable: 'request_method', pattern, isNegated: true },
    inside: [{ kind: 'break' }],
    scope: tables.scopeOf(except),
    content: tables.contentOf(except),
  };
}
