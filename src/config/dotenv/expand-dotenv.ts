/** Puts the values of other variables in the place of `${NAME}` and `${NAME:-default}`, as python-dotenv does, in quotes as well. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Binding } from './parse-dotenv.ts';

export type Lookup = (name: string) => string | undefined;

/** The longest variable that Linux gives a program: name, `=` and value (MAX_ARG_STRLEN, without the NUL). */
const VARIABLE_BYTES_MAX = 128 * 1024 - 1;
const NUL = '\0';

export interface ExpandedDotenv {
  readonly variables: ReadonlyMap<string, string>;
  /** One sentence each. */
  readonly faults: readonly string[];
}

/** Where a name is looked up that no earlier line has set, or that is not for lines to decide. */
export interface Surroundings {
  /** Variables that win over the file, as flags do. */
  readonly given: Lookup;
  readonly outside: Lookup;
}

/** Of values of the same name the last one counts. */
export function expandDotenv(bindings: readonly Binding[], { given, outside }: Surroundings): ExpandedDotenv {
  // A name without "=" hides the variable outside from the lines that follow, and gives the application none.
  const known = new Map<string, string | undefined>();
  const faults: string[] = [];
  const look: Lookup = (name) => given(name) ?? (known.has(name) ? (known.get(name) ?? '') : outside(name));
  for (const { name, value, line } of bindings) {
    const expanded = value === undefined ? success(undefined) : expand(value, look, VARIABLE_BYTES_MAX - name.length);
    const fault = expanded.ok ? faultOf(name, expanded.value) : expanded.fault;
    if (fault === undefined) {
      known.set(name, expanded.ok ? expanded.value : undefined);
    } else {
      faults.push(`line ${line}: ${fault}`);
    }
  }
  const variables = new Map(
    [...known].flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
  return { variables, faults };
}

function faultOf(name: string, value: string | undefined): string | undefined {
  if (name.includes(NUL) || name.includes('=')) {
    return 'a variable cannot have this name';
  }
  if (value?.includes(NUL)) {
    return 'no variable can hold a NUL byte';
  }
  return Buffer.byteLength(`${name}=${value ?? ''}`) > VARIABLE_BYTES_MAX ? TOO_LONG : undefined;
}

const TOO_LONG = `the value is too long: a variable has ${VARIABLE_BYTES_MAX} bytes at the most`;

/** Stops at `lengthMax`, because a few lines that name each other twice would fill any memory. */
function expand(value: string, look: Lookup, lengthMax: number): Outcome<string> {
  let expanded = '';
  let from = 0;
  for (let at = value.indexOf('${'); at !== -1; at = value.indexOf('${', Math.max(from, at + 1))) {
    const end = value.indexOf('}', at);
    if (end === -1) {
      break;
    }
    const inside = value.slice(at + 2, end);
    const colon = inside.indexOf(':');
    if (colon !== -1 && inside[colon + 1] !== '-') {
      continue;
    }
    const name = colon === -1 ? inside : inside.slice(0, colon);
    const fallback = colon === -1 ? '' : inside.slice(colon + 2);
    expanded += value.slice(from, at) + (look(name) ?? fallback);
    from = end + 1;
    if (expanded.length > lengthMax) {
      return failure(TOO_LONG);
    }
  }
  return success(expanded + value.slice(from));
}
