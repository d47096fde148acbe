/** Chooses one of a folder's files by chance: `random_index`. */

import type { Route } from '../../pipeline/route.ts';
import { absentFor } from '../static/open-file.ts';
import { statusOfAbsent } from './absent-status.ts';
import type { FilePlace } from './file-places.ts';
import type { ScopeFiles } from './file-server.ts';
import type { IndexOutcome } from './find-index.ts';
import { chooseFile, readFileNames } from './read-folder.ts';
import { sayAbsent } from './say-absent.ts';

export async function chooseAtRandom(files: ScopeFiles, route: Route, place: FilePlace): Promise<IndexOutcome> {
  const path = place.folder.prefix + place.path;
  try {
    const reading = files.server.folderReads.share(`names\n${path}`, () => readFileNames(path));
    if (reading === undefined) {
      route.log('error', 'too many wait for the names in a folder');
      return { kind: 'refused', status: 503 };
    }
    const name = await chooseFile(path, await reading);
    return name === undefined ? { kind: 'none' } : { kind: 'path', path: route.path + name };
  } catch (error) {
    const absent = absentFor(error, path, files.server.sender.around);
    sayAbsent(route, place, absent);
    return { kind: 'refused', status: statusOfAbsent(absent) };
  }
}
