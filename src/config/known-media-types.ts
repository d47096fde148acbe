/**
 * Which media type a file's ending stands for. mime-db knows the long tail; where it lists several types for one extension, the registered
 * one wins, then the one that says more than `application`.
 */

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

interface Listed {
  readonly source?: string;
  readonly extensions?: readonly string[];
}

/** By extension. Read rather than imported: a module would keep the whole database, about 1 MB of objects, in every thread. */
export function readKnownMediaTypes(): Map<string, string> {
  // Not imported, nor taken before it is needed: see docs/architecture.md, "What a start loads".
  const { readFileSync } = process.getBuiltinModule('node:fs');
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
  return new Map([...[...best].map(([extension, { type }]) => [extension, type] as const), ...Object.entries(CHOSEN)]);
}
