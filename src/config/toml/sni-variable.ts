/** The table `sni` of a stream, as the variable that the model has for it. */

import type { DefinedVariable } from '../model/variables.ts';

type NamesMap = Extract<DefinedVariable, { kind: 'map' }>;

interface Routes {
  /** TLS ends here: the name is the one that was agreed on. Otherwise it is read in passing. */
  readonly isEnded: boolean;
  readonly exact: readonly (readonly [string, string])[];
  /** '' for nobody. */
  readonly fallback: string;
}

/** `index`: of the stream, which no other variable of ours is called by. */
export function sniVariable(index: number, { isEnded, exact, fallback }: Routes): NamesMap {
  return {
    kind: 'map',
    variable: `sni_${index}`,
    source: [{ variable: isEnded ? 'ssl_server_name' : 'ssl_preread_server_name' }],
    exact,
    patterns: [],
    fallback,
    hasHostnames: true,
    isVolatile: false,
  };
}
