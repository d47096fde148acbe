/** What the configuration says of a folder of files, checked once and made ready for requests. */

import { assert } from '../../../kernel/assert.ts';
import type { PathShape } from '../../../protocol/control/edge.ts';
import { compileShapes } from './path-shape.ts';
import { toLatin1 } from './resolve.ts';

export interface StaticMount {
  /** Decoded path; begins and ends with a slash. */
  readonly url: string;
  /** Absolute path of a directory; it may be a symbolic link, which may be changed to point elsewhere. */
  readonly root: string;
  /** Names with a hash of the content in them are kept by clients for good. */
  readonly hashed: boolean;
  /** What happens where there is no file: 404 from the edge (`refuse`, the default), or the next handler is asked, as for every method but GET and HEAD. */
  readonly missing?: 'refuse' | 'next';
  /** Where symbolic links may lead: below the root (`inside`, the default), or anywhere. */
  readonly links?: 'inside' | 'anywhere';
  /** Paths that are left to the next handler whatever the root holds; for mounts that pass what is missing. */
  readonly asked?: readonly PathShape[];
  /** File that stands for its directory, such as `index.html`; without it a directory is not there. */
  readonly index?: string;
  /** Serve `/.well-known` of this root (RFC 8615); no other name with a dot in front is ever served. */
  readonly wellKnown?: boolean;
  /** Serve names with a dot in front: for folders whose files an application names. */
  readonly hidden?: boolean;
  /** Cache-Control of files without a hash in the name, if not `no-cache`. */
  readonly cacheControl?: string;
}

export interface CompiledMount {
  /** As latin-1, like the path of an exchange. */
  readonly url: string;
  /** As latin-1, without a slash at its end. */
  readonly root: string;
  readonly isHashed: boolean;
  /** Where to look for what is not in this root: another folder of the same URL, or of one that this URL is below. */
  readonly fallback: CompiledMount | undefined;
  /** True: neither this root nor its fallbacks refuse what is missing. */
  readonly passesMissing: boolean;
  readonly followsLinks: boolean;
  /** Whether the next handler is to be asked for a path; undefined if there is no such path, as is usual. */
  readonly isAsked: ((path: string) => boolean) | undefined;
  readonly index: string | undefined;
  readonly hasWellKnown: boolean;
  readonly hasHidden: boolean;
  readonly cacheControl: string;
}

/**
 * Browsers ask again before each use and are answered 304 from memory. Without this field they may keep a file for a tenth of its
 * age (RFC 9111 4.2.2): the style sheet of last month lives on for days after a deploy. A max-age only makes that shorter.
 */
const REVALIDATE = 'no-cache';

/** Longest URL first, so that the most particular mount is found first; those of one URL in their order. */
export function compileMounts(mounts: readonly StaticMount[]): readonly CompiledMount[] {
  const compiled: CompiledMount[] = [];
  const ordered = mounts.toSorted((one, other) => other.url.length - one.url.length);
  // Begins with the last mount, so that the fallback of each, which stands behind it, is compiled first.
  for (const mount of ordered.toReversed()) {
    const url = toLatin1(mount.url);
    const isPassing = mount.missing === 'next';
    compiled.unshift(compileMount(mount, isPassing ? compiled.find((other) => url.startsWith(other.url)) : undefined));
  }
  return compiled;
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

function compileMount(mount: StaticMount, fallback: CompiledMount | undefined): CompiledMount {
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
    fallback,
    passesMissing: mount.missing === 'next' && (fallback?.passesMissing ?? true),
    followsLinks: mount.links === 'anywhere',
    isAsked: either(compileShapes(mount.asked ?? []), fallback?.isAsked),
    index: mount.index === undefined ? undefined : toLatin1(mount.index),
    hasWellKnown: mount.wellKnown ?? false,
    hasHidden: mount.hidden ?? false,
    cacheControl: mount.cacheControl ?? REVALIDATE,
  };
}

/** A path that the application claims in one folder of a URL is claimed in all of them. */
function either(one: CompiledMount['isAsked'], other: CompiledMount['isAsked']): CompiledMount['isAsked'] {
  return one === undefined || other === undefined ? (one ?? other) : (path) => one(path) || other(path);
}
