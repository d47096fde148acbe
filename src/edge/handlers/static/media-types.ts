/** Content-Type by file name. */

import { readKnownMediaTypes } from '../../../config/known-media-types.ts';

const UNKNOWN = 'application/octet-stream';

/** By extension. Made when the first file is served: to read the database is a tenth of what an edge does until it is ready. */
let known: ReadonlyMap<string, string> | undefined;

/** `path` is any text that ends in a file name. */
export function mediaTypeOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  if (dot === -1) {
    return UNKNOWN;
  }
  known ??= withCharsets(readKnownMediaTypes());
  return known.get(name.slice(dot + 1).toLowerCase()) ?? UNKNOWN;
}

function withCharsets(types: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...types].map(([extension, type]) => [extension, withCharset(type)]));
}

function withCharset(type: string): string {
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}
