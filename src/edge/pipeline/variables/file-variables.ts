/** Paths of the disk that a request stands for. */

import { realpathSync } from 'node:fs';
import { documentRootOf, fileNameOf } from '../file-name.ts';
import type { VariableServices, VariableTable } from './variable.ts';

/** A link that is moved (`current -> releases/42`) counts from then on, as nginx looks at it each time. */
const REAL_PATH_MS = 1000;
/** Roots may be made of what clients send. */
const REAL_PATHS_MAX = 256;

export function fileVariables({ clock }: VariableServices): VariableTable {
  const known = new Map<string, { readonly path: string | undefined; readonly untilMs: number }>();
  const realPathOf = (path: string): string | undefined => {
    const nowMs = clock.monotonicMs();
    const found = known.get(path);
    if (found !== undefined && found.untilMs > nowMs) {
      return found.path;
    }
    if (known.size >= REAL_PATHS_MAX) {
      known.clear();
    }
    const real = resolve(path);
    known.set(path, { path: real, untilMs: nowMs + REAL_PATH_MS });
    return real;
  };
  return {
    document_root: documentRootOf,
    request_filename: fileNameOf,
    realpath_root: (route) => realPathOf(documentRootOf(route)),
    fastcgi_script_name: ({ location: { splitPath }, path }) =>
      splitPath === undefined ? path : splitPath(path).script,
    fastcgi_path_info: ({ location: { splitPath }, path }) => splitPath?.(path).info,
  };
}

function resolve(path: string): string | undefined {
  try {
    return realpathSync(Buffer.from(path, 'latin1'), 'buffer').latin1Slice();
  } catch {
    // It is not there, or may not be read: nginx answers 500, and here it has no value.
    return undefined;
  }
}
