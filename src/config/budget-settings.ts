/** The settings of what all requests together may take of the machine: rows of the table in settings.ts. */

import type { ServerModel } from './model.ts';
import type { Setting } from './setting.ts';
import { always, last } from './setting.ts';
import { parseSize } from './setting-values.ts';

type BudgetSetting = 'spoolBytesMax';

export const BUDGET_SETTINGS: { readonly [K in BudgetSetting]: Setting<ServerModel[K]> } = {
  spoolBytesMax: {
    flag: 'max-spool',
    value: 'SIZE',
    group: 'Limits',
    doc: 'Disk for bodies and responses on their way, all together. Beyond it an upload is answered 507, and a worker waits for its slow client. 0: the default.',
    fallbackText: 'half of the file system; never its last twentieth, or its last gigabyte',
    fallback: always(0),
    parse: last(parseSize('')),
  },
};
