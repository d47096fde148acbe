/** The settings of how processes are watched and replaced: rows of the table in settings.ts. */

import type { ServeOptions } from './serve-options.ts';
import type { Setting } from './setting.ts';
import { always, last } from './setting.ts';
import { parseDuration } from './setting-values.ts';

type SupervisionSetting = 'startTimeoutMs' | 'edgeTimeoutMs';

export const SUPERVISION_SETTINGS: { readonly [K in SupervisionSetting]: Setting<ServeOptions[K]> } = {
  startTimeoutMs: {
    flag: 'start-timeout',
    value: 'TIME',
    group: 'Timeouts',
    doc: 'How long the import of the application may take, and a worker or the edge from its start until it is ready.',
    fallbackText: '60 seconds',
    fallback: always(60_000),
    parse: last(parseDuration(100)),
  },
  edgeTimeoutMs: {
    flag: 'edge-timeout',
    value: 'TIME',
    group: 'Timeouts',
    doc: 'How long a thread of the edge, or the process that forks the workers, may stand still: the supervisor asks them every few seconds. Then the process is replaced. 0: nobody is asked.',
    fallbackText: '30 seconds',
    fallback: always(30_000),
    parse: last(parseDuration(0)),
  },
};
