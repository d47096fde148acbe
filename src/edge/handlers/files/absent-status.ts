/** What nginx answers where a file cannot be opened, by the system's error. */

import type { Absence, Absent } from '../static/open-file.ts';

/** Links in a circle, and those that `disable_symlinks` does not follow. */
const FORBIDDEN: ReadonlySet<string> = new Set(['ELOOP', 'EMLINK']);

const STATUSES = { missing: 404, forbidden: 403, exhausted: 503, failed: 500 } as const satisfies Record<
  Absence,
  number
>;

export function statusOfAbsent({ absence, code }: Absent): 403 | 404 | 500 | 503 {
  return FORBIDDEN.has(code) ? 403 : STATUSES[absence];
}

/** Whether the next of several files is looked for. ENAMETOOLONG and ENOTDIR are as good as missing for `try_files`, but end the search for an index. */
export function isMissing({ code, absence }: Absent): boolean {
  return absence === 'missing' && !FORBIDDEN.has(code);
}
