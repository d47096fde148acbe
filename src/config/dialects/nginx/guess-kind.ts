/** The block that a piece of a configuration was written for: the one in which most of its directives may be. */

import type { BlockKind } from './block-kind.ts';
import type { DirectiveTable } from './directive-table.ts';
import type { Token } from './token.ts';

/** The outermost is taken where several fit as well. */
const KINDS: readonly BlockKind[] = ['main', 'http', 'server', 'location'];

export function guessKind(tokens: readonly Token[], table: DirectiveTable): BlockKind {
  const names = outermostNames(tokens);
  const fits = KINDS.map((kind) => names.filter((name) => table.find(name, kind) !== undefined).length);
  return KINDS[fits.indexOf(Math.max(...fits))] ?? 'main';
}

function outermostNames(tokens: readonly Token[]): readonly string[] {
  const names: string[] = [];
  let depth = 0;
  let isFirst = true;
  for (const token of tokens) {
    if (token.kind === 'word') {
      if (depth === 0 && isFirst) names.push(token.text);
      isFirst = false;
    } else {
      depth = Math.max(0, depth + (token.kind === '{' ? 1 : token.kind === '}' ? -1 : 0));
      isFirst = true;
    }
  }
  return names;
}
