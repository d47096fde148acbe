/** What the configuration says of a folder of files, checked once and made ready for requests. */

import type { StaticFolder } from '../../../config/model/folders.ts';
import { assert } from '../../../kernel/assert.ts';
import { compileShapes } from './path-shape.ts';
import { toLatin1 } from './resolve.ts';

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
export function compileMounts(mounts: readonly StaticFolder[]): readonly CompiledMount[] {
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

function compileMount(mount: StaticFolder, fallback: CompiledMount | undefined): CompiledMount {
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
