/** The settings of how much all requests together may take of the machine: rows of the table in settings.ts. */

import type { Outcome } from '../kernel/outcome.ts';
import { success } from '../kernel/outcome.ts';
import type { ServeOptions } from './serve-options.ts';
import type { Machine, Setting } from './setting.ts';
import { always, last } from './setting.ts';
import { parseSize } from './setting-values.ts';

type BudgetSetting = 'spoolBytesMax' | 'bodyMemoryBytesMax' | 'wsMemoryBytesMax';

/** One part in so many of the memory is for bodies, and as much for messages, if no setting says more; and the least that is of use. */
const MEMORY_SHARE = 32;
const MEMORY_BYTES_MIN = 32 * 2 ** 20;

export const BUDGET_SETTINGS: { readonly [K in BudgetSetting]: Setting<ServeOptions[K]> } = {
  spoolBytesMax: {
    flag: 'max-spool',
    value: 'SIZE',
    group: 'Limits',
    doc: 'Disk for bodies and responses on their way, all together. Beyond it an upload is answered 507, and a worker waits for its slow client. 0: the default.',
    fallbackText: 'half of the file system; never its last twentieth, or its last gigabyte',
    fallback: always(0),
    parse: last(parseSize('')),
  },
  bodyMemoryBytesMax: {
    flag: 'max-body-memory',
    value: 'SIZE',
    group: 'Limits',
    doc: 'Memory for request bodies on their way, all together. Beyond it short ones go to files too, and those of ASGI are read no further than the application takes them. 0: no limit.',
    fallbackText: 'one 32nd of the memory, at least 32M',
    fallback: memoryByDefault,
    parse: last(parseSize('')),
  },
  wsMemoryBytesMax: {
    flag: 'ws-max-memory',
    value: 'SIZE',
    group: 'ASGI and WebSockets',
    doc: 'Memory for messages of WebSockets that the application has not received, all together. Beyond it clients have to wait. 0: no limit.',
    fallbackText: 'one 32nd of the memory, at least 32M',
    fallback: memoryByDefault,
    parse: last(parseSize('')),
  },
};

function memoryByDefault({ memoryBytes = 0 }: Machine): Outcome<number> {
  return success(Math.max(MEMORY_BYTES_MIN, Math.floor(memoryBytes / MEMORY_SHARE)));
}
