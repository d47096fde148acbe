/** What the error log says of files that cannot be served, in nginx's words, which people look for. */

import { constants } from 'node:os';
import { systemWords } from '../../../kernel/system-words.ts';
import { escapeLog } from '../../access-log/line.ts';
import type { Route } from '../../pipeline/route.ts';
import type { Absent } from '../static/open-file.ts';
import { statusOfAbsent } from './absent-status.ts';
import type { FilePlace } from './file-places.ts';

export function sayAbsent(route: Route, place: FilePlace, absent: Absent): void {
  const isMissing = statusOfAbsent(absent) === 404;
  if (isMissing && !absent.isThere && !route.scope.model.files.logsMissing) {
    return;
  }
  const path = quoted(place);
  if (absent.code === '') {
    route.log('crit', absent.isThere ? `${path} is not a regular file` : `${path} cannot be opened`);
    return;
  }
  route.log(
    isMissing || statusOfAbsent(absent) === 403 ? 'error' : 'crit',
    `open() ${path} failed (${wordsOf(absent)})`,
  );
}

export function quoted({ folder, path }: FilePlace): string {
  return `"${escapeLog(folder.prefix + path)}"`;
}

export function wordsOf({ code }: Absent): string {
  const number = (constants.errno as Readonly<Record<string, number | undefined>>)[code] ?? 0;
  return systemWords(Object.assign(new Error(code), { code, errno: -number }));
}
