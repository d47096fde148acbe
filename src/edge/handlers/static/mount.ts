/** What the configuration says of a folder of files, checked once and made ready for requests. */

import assert from 'node:assert/strict';
import { toLatin1 } from './resolve.ts';

export interface StaticMount {
  /** Decoded path; begins and ends with a slash. */
  readonly url: string;
  /** Absolute path of a directory; it may be a symbolic link, which may be changed to point elsewhere. */
  readonly root: string;
  /** Names with a hash of the content in them are kept by clients for good. */
  readonly hashed: boolean;
  /** What is not there: 404 from the edge (`refuse`, the default), or the next handler's business. */
  readonly missing?: 'refuse' | 'next';
  /** File that stands for its directory, such as `index.html`; without it a directory is not there. */
  readonly index?: string;
  /** Serve `/.well-known` of this root (RFC 8615); no other name with a dot in front is ever served. */
  readonly wellKnown?: boolean;
  /** Cache-Control of files without a hash in the name, if not `no-cache`. */
  readonly cacheControl?: string;
}

export interface CompiledMount {
  /** As latin-1, like the path of an exchange. */
  readonly url: string;
  /** As latin-1, without a slash at its end. */
  readonly root: string;
  readonly isHashed: boolean;
  readonly passesMissing: boolean;
  readonly index: string | undefined;
  readonly hasWellKnown: boolean;
  readonly cacheControl: string;
}

/**
 * Browsers ask again before each use and are answered 304 from memory. Without this field they may keep a file for a tenth of its
 * age (RFC 9111 4.2.2): the style sheet of last month lives on for days after a deploy. A max-age only makes that shorter.
 */
const REVALIDATE = 'no-cache';

/** Longest URL first, so that the most particular mount is found first. */
export function compileMounts(mounts: readonly StaticMount[]): readonly CompiledMount[] {
  return mounts.map(compileMount).toSorted((one, other) => other.url.length - one.url.length);
}

/** Undefined when the path is under no mount. `/static` is not under `/static/`. */
export function findMount(mounts: readonly CompiledMount[], path: string): CompiledMount | undefined {
  for (const mount of mounts) {
    if (path.startsWith(mount.url)) {
      return mount;
    }
  }
  return undefined;
}

function compileMount(mount: StaticMount): CompiledMount {
  assert(
    mount.url.startsWith('/') && mount.url.endsWith('/'),
    `static url ${mount.url} must begin and end with a slash`,
  );
  assert(mount.root.startsWith('/'), `static root ${mount.root} must be absolute`);
  assert(!/[\r\n\0]/.test(mount.cacheControl ?? ''), 'Cache-Control must be one line');
  return {
    url: toLatin1(mount.url),
    root: toLatin1(mount.root).replace(/\/+$/, ''),
    isHashed: mount.hashed,
    passesMissing: mount.missing === 'next',
    index: mount.index === undefined ? undefined : toLatin1(mount.index),
    hasWellKnown: mount.wellKnown ?? false,
    cacheControl: mount.cacheControl ?? REVALIDATE,
  };
}
