/** Everything that there is to say of a portico.toml: what is wrong with it, and where it is insecure or not what it seems to say. */

import type { Diagnostic } from '../diagnostic.ts';
import { TRAPS } from '../dialects/nginx/traps/trap-codes.ts';
import type { TomlFiles } from './documents.ts';
import { loadDocuments } from './documents.ts';
import { placesIn } from './find-place.ts';
import { findTomlTraps } from './find-traps.ts';

/** Of files that were read without a fault. */
export function trapsOfToml(file: string, files: TomlFiles): readonly Diagnostic[] {
  const documents = loadDocuments(file, files);
  const found: Diagnostic[] = [];
  for (const { file: name, text, table } of documents.ok ? documents.value : []) {
    const placeOf = placesIn(text);
    findTomlTraps(table, (code, path, message, wayOut) => {
      const { severity, why } = TRAPS[code];
      found.push({
        severity,
        code,
        place: { kind: 'file', file: name, ...placeOf(path) },
        message,
        hint: `${why}\n${wayOut}`,
      });
    });
  }
  return found;
}
