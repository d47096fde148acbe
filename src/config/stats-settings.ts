/** The settings of the stats server: rows of the table in settings.ts. */

import type { Outcome } from '../kernel/outcome.ts';
import { failure } from '../kernel/outcome.ts';
import type { BindAddress } from './bind-address.ts';
import { parseBindAddress, renderBindAddress } from './bind-address.ts';
import type { StatsServer } from './model/server-model.ts';
import type { ServeOptions } from './serve-options.ts';
import type { Setting } from './setting.ts';
import { always, last } from './setting.ts';
import { parseSwitch } from './setting-values.ts';

type StatsSetting = 'stats' | 'statsHttp' | 'statsMinified' | 'statsNoCores';

/** As uWSGI has it: a path, @NAME in Linux's abstract namespace, HOST:PORT, :PORT; `unix:` may stand before a path. An abstract name keeps its `@`. */
export function parseStatsAddress(text: string): Outcome<BindAddress> {
  const isPath = text.startsWith('@') || text.startsWith('unix:') || text.includes('/');
  const address = parseBindAddress(isPath ? `unix:${text.replace(/^unix:/, '')}` : text);
  return address.ok || text === '' ? address : failure(`${address.fault}, or @NAME for a name that is no file`);
}

/** What `parseStatsAddress` reads. */
export function renderStatsAddress(address: BindAddress): string {
  return address.kind === 'unix' && (address.path.startsWith('@') || address.path.includes('/'))
    ? address.path
    : renderBindAddress(address);
}

/** Of the model, if there is to be one. `at` makes paths absolute. */
export function statsOf(
  { stats: address, statsHttp, statsMinified, statsNoCores }: ServeOptions,
  at: (path: string) => string,
): { readonly stats?: StatsServer } {
  if (address === undefined) {
    return {};
  }
  const isFile = address.kind === 'unix' && !address.path.startsWith('@');
  return {
    stats: {
      address: isFile ? { kind: 'unix', path: at(address.path) } : address,
      isHttp: statsHttp,
      isMinified: statsMinified,
      hasCores: !statsNoCores,
    },
  };
}

export const STATS_SETTINGS: { readonly [K in StatsSetting]: Setting<ServeOptions[K]> } = {
  stats: {
    flag: 'stats',
    value: 'ADDRESS',
    group: 'Monitoring',
    doc: "Tell of workers and requests at this address, in uWSGI's JSON: a path, @NAME, HOST:PORT or :PORT. Whoever can connect sees which requests run; keep it on this machine.",
    fallbackText: 'nothing is told',
    fallback: always(undefined),
    parse: last(parseStatsAddress),
  },
  statsHttp: {
    flag: 'stats-http',
    group: 'Monitoring',
    doc: 'Tell it as an answer to HTTP requests, for browsers and collectors that speak HTTP.',
    fallbackText: 'off',
    fallback: always(false),
    parse: last(parseSwitch),
  },
  statsMinified: {
    flag: 'stats-minified',
    group: 'Monitoring',
    doc: 'Without spaces and ends of lines.',
    fallbackText: 'off',
    fallback: always(false),
    parse: last(parseSwitch),
  },
  statsNoCores: {
    flag: 'stats-no-cores',
    group: 'Monitoring',
    doc: 'Leave out the threads of workers, and with them the requests that run.',
    fallbackText: 'off',
    fallback: always(false),
    parse: last(parseSwitch),
  },
};
