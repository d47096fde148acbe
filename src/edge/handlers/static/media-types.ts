/**
 * Content-Type by file name. mime-db knows the long tail; where it lists several types for one extension, the registered one wins,
 * then the one that says more than `application`.
 */

import { readFileSync } from 'node:fs';

const UNKNOWN = 'application/octet-stream';

/** Where the rule above would choose what browsers or habit do not. */
const CHOSEN: Readonly<Record<string, string>> = {
  ico: 'image/x-icon',
  mts: 'video/mp2t',
  // application/rtf and application/xml say nothing of a charset, which these formats state themselves.
  rtf: 'application/rtf',
  wav: 'audio/wav',
  xml: 'application/xml',
};

/** Most telling first. */
const TREES = ['text', 'video', 'audio', 'image', 'font', 'model', 'application'];

/** By extension. Made when the first file is served: to read the database is a tenth of what an edge does until it is ready. */
let known: ReadonlyMap<string, string> | undefined;

/** `path` is any text that ends in a file name. */
export function mediaTypeOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  if (dot === -1) {
    return UNKNOWN;
  }
  known ??= withCharsets([...readTypes(), ...Object.entries(CHOSEN)]);
  return known.get(name.slice(dot + 1).toLowerCase()) ?? UNKNOWN;
}

function withCharsets(types: readonly (readonly [extension: string, type: string])[]): Map<string, string> {
  return new Map(types.map(([extension, type]) => [extension, withCharset(type)]));
}

function withCharset(type: string): string {
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}

interface Listed {
  readonly source?: string;
  readonly extensions?: readonly string[];
}

/** Read rather than imported: a module would keep the whole database, about 1 MB of objects, in every thread. */
function readTypes(): Map<string, string> {
  const { createRequire } = process.getBuiltinModule('node:module');
  const path = createRequire(import.meta.url).resolve('mime-db/db.json');
  // The shape that mime-db documents; our dependency, not input.
  const database = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Listed>;
  const best = new Map<string, { type: string; rank: number }>();
  for (const [type, { source, extensions = [] }] of Object.entries(database)) {
    const rank = (source === 'iana' ? 0 : TREES.length) + TREES.indexOf(type.slice(0, type.indexOf('/')));
    for (const extension of extensions) {
      if (rank < (best.get(extension)?.rank ?? Number.POSITIVE_INFINITY)) {
        best.set(extension, { type, rank });
      }
    }
  }
  return new Map([...best].map(([extension, { type }]) => [extension, type]));
}
