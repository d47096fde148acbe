/** Content-Type by file name. */

import { readKnownMediaTypes } from '../../../config/known-media-types.ts';

const UNKNOWN = 'application/octet-stream';

/** By the charset that text types name, then by extension. Made when the first file is served: to read the database is a tenth of what an edge does until it is ready. */
const known = new Map<string, ReadonlyMap<string, string>>();

/** `path` is any text that ends in a file name. */
export function mediaTypeOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  if (dot === -1) {
    return UNKNOWN;
  }
  return registeredTypes('utf-8').get(name.slice(dot + 1).toLowerCase()) ?? UNKNOWN;
}

/** By extension, in lower case. `charset` is what text types name; '': none. */
export function registeredTypes(charset: string): ReadonlyMap<string, string> {
  const made = known.get(charset);
  if (made !== undefined) {
    return made;
  }
  const bare = charset === '' ? readKnownMediaTypes() : registeredTypes('');
  const types =
    charset === '' ? bare : new Map([...bare].map(([ending, type]) => [ending, withCharset(type, charset)]));
  known.set(charset, types);
  return types;
}

function withCharset(type: string, charset: string): string {
  return type.startsWith('text/') ? `${type}; charset=${charset}` : type;
}
