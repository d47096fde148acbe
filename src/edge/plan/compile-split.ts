/** `split_clients`: a share of the clients gets each value, by a hash of what tells them apart. */

import type { DefinedVariable } from '../../config/model/variables.ts';
import { murmurHash } from '../../kernel/murmur-hash.ts';
import { renderTemplate } from '../pipeline/render-template.ts';
import type { VariableFor } from '../pipeline/subject.ts';
import { bytesOf } from './bytes-of.ts';
import type { TextCompiler } from './text-compiler.ts';

type SplitModel = Extract<DefinedVariable, { readonly kind: 'split' }>;

const HASH_MAX = 0xffffffff;
/** Shares are in hundredths of a percent. */
const WHOLE = 10_000;

export function compileSplit<S>(model: SplitModel, compiler: TextCompiler<S>): VariableFor<S> {
  const source = compiler.template(model.source);
  let sum = 0;
  const parts = model.parts.map(({ share, value }) => {
    sum += Math.floor(((share ?? 0) * HASH_MAX) / WHOLE);
    return { below: share === undefined ? Infinity : sum, value: bytesOf(value) };
  });
  return (subject) => {
    const hash = murmurHash(renderTemplate(source, subject));
    return parts.find(({ below }) => hash < below)?.value;
  };
}
