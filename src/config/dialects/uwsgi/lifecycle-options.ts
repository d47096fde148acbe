/** Options of uWSGI about how many workers there are, and about what else than signals has the server load the application again. */

import type { Outcome } from '../../../kernel/outcome.ts';
import { failure, success } from '../../../kernel/outcome.ts';
import { parseText } from '../../setting-values.ts';
import type { Option } from '../option.ts';
import { setting } from '../option.ts';
import { readInteger, readSeconds, WORKERS_MAX } from '../option-values.ts';
import { each, flag, row } from './option-row.ts';

const ALGORITHMS: ReadonlySet<string> = new Set(['spare', 'spare2', 'backlog', 'busyness']);

export const LIFECYCLE_OPTIONS: readonly Option[] = [
  row(
    'cheaper',
    'COUNT',
    'The least number of workers: as many run as there is work for, and --processes at most.',
    setting(readInteger(1, WORKERS_MAX), (workersMin) => ({ workersMin })),
  ),
  row(
    'cheaper-initial',
    'COUNT',
    'How many workers there are at the start.',
    setting(readInteger(1, WORKERS_MAX), (workersInitial) => ({ workersInitial })),
  ),
  row(
    'cheaper-step',
    'COUNT',
    'How many are added at a time, at least.',
    setting(readInteger(1, WORKERS_MAX), (workersStep) => ({ workersStep })),
  ),
  row(
    'cheaper-overload cheaper-idle',
    'SECONDS',
    'For how long there must be little to do before a worker is let go; 10 if it is not said.',
    setting(readSeconds(1), (quietMs) => ({ quietMs })),
  ),
  row(
    'cheaper-busyness-max',
    'PERCENT',
    'How busy workers are before others are added; 75 if it is not said.',
    setting(readInteger(1, 100), (percent) => ({ busyMax: percent / 100 })),
  ),
  row(
    'cheaper-algo cheaper-algorithm',
    'NAME',
    'spare, spare2, backlog or busyness: there is one way, which looks at the queue and at how busy workers are.',
    setting(readAlgorithm, () => ({})),
  ),
  row(
    'cheap',
    undefined,
    'No workers run until there is a request.',
    flag((startsCheap) => ({ startsCheap })),
  ),
  row(
    'idle',
    'SECONDS',
    'Workers are let go when nothing was asked for so long, until there is a request.',
    setting(readSeconds(0), (idleMs) => ({ idleMs })),
  ),
  row(
    'die-on-idle',
    undefined,
    'The server ends then.',
    flag((endsIdle) => ({ endsIdle })),
  ),
  row(
    'exit-on-reload',
    undefined,
    'A reload ends the server.',
    flag((endsOnReload) => ({ endsOnReload })),
  ),
  row(
    'die-on-term',
    undefined,
    'SIGTERM ends the server, and SIGQUIT loads the application again at once. Without it these are the other way round.',
    flag((diesOnTerm) => ({ diesOnTerm })),
  ),
  each(
    'master-fifo',
    ['FILE', 'A pipe from which commands of one letter are read.'],
    [parseText, (fifos) => ({ fifos })],
  ),
  each(
    'touch-reload touch-workers-reload',
    ['FILE', 'The application is loaded again when the file is touched.'],
    [parseText, (touchReload) => ({ touchReload })],
  ),
  each(
    'touch-chain-reload',
    ['FILE', 'The same: new workers are ready before the old ones go.'],
    [parseText, (touchChain) => ({ touchChain })],
  ),
  each(
    'touch-logreopen',
    ['FILE', 'Logs are opened again when the file is touched.'],
    [parseText, (touchLogs) => ({ touchLogs })],
  ),
  each(
    'fs-reload',
    ['PATH', 'The application is loaded again when something below the path changes.'],
    [parseText, (fsReload) => ({ fsReload })],
  ),
];

function readAlgorithm(text: string): Outcome<string> {
  return ALGORITHMS.has(text)
    ? success(text)
    : failure(
        `"${text}" is not known. Take spare, spare2, backlog or busyness; where workers are added by hand, leave --cheaper out`,
      );
}
