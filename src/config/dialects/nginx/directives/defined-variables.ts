/** `map`, `geo` and `split_clients`: variables that the configuration defines by a table. */

import type { DefinedVariable } from '../../../model/variables.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { Entry } from '../entries.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { parseText } from '../variables-in-text.ts';
import { GeoNetworks } from './geo-networks.ts';

type VariableOf<Kind extends DefinedVariable['kind']> = Extract<DefinedVariable, { readonly kind: Kind }>;
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export const DEFINED_VARIABLES: DraftKey<readonly DefinedVariable[]> = draftKey('defined variables');

/** `around`: the block in which they stand. */
export function tableRows(around: 'http' | 'stream'): readonly Row[] {
  return repeatable([
    row('map', around, 'text variable {entries}', 'A variable whose value depends on another text.', {
      apply: (args, draft) => draft.append(DEFINED_VARIABLES, readMap(args)),
    }),
    row('geo', around, 'variable [variable] {entries}', 'A variable whose value depends on an address.', {
      apply: (args, draft, report) => draft.append(DEFINED_VARIABLES, readGeo(args, report)),
    }),
    row('split_clients', around, 'text variable {entries}', 'A variable that divides clients by shares.', {
      apply: (args, draft, report) => draft.append(DEFINED_VARIABLES, readSplit(args, report)),
    }),
  ]);
}

export const TABLES: readonly Row[] = tableRows('http');

/** In the order in which they are defined. */
export function definedVariablesOf(main: Draft, around: 'http' | 'stream'): readonly DefinedVariable[] {
  return main.children.flatMap((child) => (child.kind === around ? (child.own(DEFINED_VARIABLES) ?? []) : []));
}

/** What a key begins with that would mean something else. */
const ESCAPED = /^\\/;

function readMap(args: GivenArguments): VariableOf<'map'> {
  const exact: [string, VariableOf<'map'>['fallback']][] = [];
  const patterns: VariableOf<'map'>['patterns'][number][] = [];
  const map: Writable<VariableOf<'map'>> = {
    kind: 'map',
    variable: nameOf(args, 1),
    source: args.template(0),
    hasHostnames: false,
    isVolatile: false,
    exact,
    patterns,
    fallback: '',
  };
  for (const [name, word] of args.entries) {
    const key = name.text;
    if (word === undefined) {
      map.hasHostnames ||= key === 'hostnames';
      map.isVolatile ||= key === 'volatile';
      continue;
    }
    const value = parseText(word.text).template;
    if (key === 'default') {
      map.fallback = value;
    } else if (key.startsWith('~')) {
      const isCaseless = key.startsWith('~*');
      patterns.push([{ text: key.slice(isCaseless ? 2 : 1), isCaseless }, value]);
    } else {
      exact.push([key.replace(ESCAPED, ''), value]);
    }
  }
  return map;
}

function readGeo(args: GivenArguments, report: NginxReport): VariableOf<'geo'> {
  const networks = new GeoNetworks();
  const proxies: string[] = [];
  const geo: Writable<VariableOf<'geo'>> = {
    kind: 'geo',
    variable: nameOf(args, args.count - 1),
    source: [{ variable: args.count === 2 ? nameOf(args, 0) : 'remote_addr' }],
    networks: [],
    fallback: '',
    proxies,
    isProxyRecursive: false,
    isVolatile: false,
  };
  for (const entry of args.entries) {
    readGeoEntry(entry, { geo, networks, proxies, report });
  }
  geo.networks = networks.entries;
  return geo;
}

interface ReadingGeo {
  readonly geo: Writable<VariableOf<'geo'>>;
  readonly networks: GeoNetworks;
  readonly proxies: string[];
  readonly report: NginxReport;
}

function readGeoEntry([name, word]: Entry, { geo, networks, proxies, report }: ReadingGeo): void {
  if (word === undefined) {
    geo.isProxyRecursive ||= name.text === 'proxy_recursive';
    geo.isVolatile ||= name.text === 'volatile';
    return;
  }
  switch (name.text) {
    case 'default':
      geo.fallback = word.text;
      return;
    case 'proxy':
      proxies.push(word.text);
      return;
    case 'delete':
      if (!networks.delete(word.text)) {
        const what = word.text.includes('-') ? 'address range' : 'network';
        report('nginx.suspicious', word.place, `no ${what} "${word.text}" to delete`, { severity: 'warning' });
      }
      return;
    default:
      networks.set(name.text, word.text);
  }
}

/** Hundredths of a percent. */
const WHOLE = 10_000;

function readSplit(args: GivenArguments, report: NginxReport): VariableOf<'split'> {
  const parts = args.entries.map(([share, word]) => ({
    // The entry has been checked; what is wrong is told, and counts for nothing.
    share: share.text === '*' ? undefined : Math.round(Number.parseFloat(share.text) * 100) || 0,
    value: word?.text ?? '',
  }));
  if (parts.reduce((sum, { share }) => sum + (share ?? 0), 0) > WHOLE) {
    report('nginx.invalid-value', args.directive.place, 'percent total is greater than 100%', {
      hint: 'Give the last value what is left: write * in place of its share.',
    });
  }
  return { kind: 'split', variable: nameOf(args, 1), source: args.template(0), parts };
}

/** Without its dollar. */
function nameOf(args: GivenArguments, index: number): string {
  return args.word(index).replace(/^\$/, '');
}
