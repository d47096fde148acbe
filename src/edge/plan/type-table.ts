/** A table of media types of the model, ready to be asked: what it says itself goes before what the registry knows. */

import type { TypeMap } from '../../config/model/files.ts';
import { registeredTypes } from '../handlers/static/media-types.ts';
import type { Compilation } from '../pipeline/compilation.ts';
import type { CompiledTypes } from '../pipeline/route.ts';
import { bytesOf } from './bytes-of.ts';

export class TypeTable {
  readonly usual: CompiledTypes;
  readonly withoutCharset: CompiledTypes;

  constructor({ knowsRegistry, charset, types, fallback }: TypeMap, compilation: Compilation) {
    const own = new Map(Object.entries(types).map(([ending, type]) => [ending.toLowerCase(), bytesOf(type)]));
    const other = compilation.template(fallback);
    const table = (named: string): CompiledTypes => ({
      // The registry is read when the first name is not in the table: a site without files is spared it.
      typeOf: (ending) => own.get(ending) ?? (knowsRegistry ? registeredTypes(named).get(ending) : undefined),
      fallback: other,
    });
    this.usual = table(charset);
    this.withoutCharset = table('');
  }
}
