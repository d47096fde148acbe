/** What the configuration says of a folder of files, checked once and made ready for requests. */

import type { StaticFolder } from '../../../config/model/folders.ts';
import { assert } from '../../../kernel/assert.ts';
import { toLatin1 } from '../../../kernel/latin1.ts';
import type { Folder, LinkRule, LookRule, SiblingRule } from './folder.ts';
import { isHashedName } from './hashed-names.ts';
import { STATIC_LIMITS } from './limits.ts';
import { mediaTypeOf } from './media-types.ts';
import { compileShapes } from './path-shape.ts';
import type { NameRule } from './resolve.ts';

import { Root } from './root.ts';

export interface CompiledMount {
  /** As latin-1, like the path of an exchange. */
  readonly url: string;
  readonly folder: Folder;
  /** True: neither this folder nor its fallbacks refuse what is missing. */
  readonly passesMissing: boolean;
  /** Whether the next handler is to be asked for a path; undefined if there is no such path, as is usual. */
  readonly isAsked: ((path: string) => boolean) | undefined;
}

/**
 * Browsers ask again before each use and are answered 304 from memory. Without this field they may keep a file for a tenth of its
 * age (RFC 9111 4.2.2): the style sheet of last month lives on for days after a deploy. A max-age only makes that shorter.
 */
const REVALIDATE = 'no-cache';
/** Kept for a year, which is for good. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

const SIBLINGS: SiblingRule = {
  siblings: [
    { coding: 'br', suffix: '.br', always: false },
    { coding: 'gzip', suffix: '.gz', always: false },
    { coding: 'zstd', suffix: '.zst', always: false },
  ],
  isTrusted: false,
  varies: true,
};

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
  const url = toLatin1(mount.url);
  const root = toLatin1(mount.root).replace(/\/+$/, '');
  const passesMissing = mount.missing === 'next' && (fallback?.passesMissing ?? true);
  const isAsked = either(compileShapes(mount.asked ?? []), fallback?.isAsked);
  const folder: Folder = {
    prefix: `${root}/`,
    links: compileLinks(mount, root, isAsked && ((path) => isAsked(url + path))),
    fallback: fallback && { folder: fallback.folder, below: url.slice(fallback.url.length) },
    rule: {
      names: compileNames(mount, passesMissing),
      directories: mount.index === undefined ? 'missing' : { index: toLatin1(mount.index) },
      siblings: SIBLINGS,
      look: compileLook(mount),
      conditions: { ifModifiedSince: 'before', needsAll: false },
      ranges: { countMax: STATIC_LIMITS.rangesMax, refusesMalformed: false, joins: true, holdsForHead: false },
      trustMs: STATIC_LIMITS.revalidateMs,
      missingTrustMs: STATIC_LIMITS.missingMs,
    },
  };
  return { url, folder, passesMissing, isAsked };
}

function compileLinks({ links }: StaticFolder, root: string, isClaimed: CompiledMount['isAsked']): LinkRule {
  return links === 'anywhere' ? { kind: 'anywhere' } : { kind: 'inside', root: new Root(root, isClaimed) };
}

/** Claims of the application are about paths as they are written: `a//b` must not be served as `a/b`, on which the application may decide. */
function compileNames({ hidden, wellKnown }: StaticFolder, passesMissing: boolean): NameRule {
  const seen = wellKnown === true ? 'well-known' : 'none';
  return { hidden: hidden === true ? 'all' : seen, form: passesMissing ? 'literal' : 'tidy' };
}

function compileLook({ hashed, cacheControl = REVALIDATE }: StaticFolder): LookRule {
  return {
    typeOf: mediaTypeOf,
    cacheControlOf: (name) => (hashed && isHashedName(name) ? IMMUTABLE : cacheControl),
    etag: 'fine',
    forbidsSniffing: true,
  };
}

/** A path that the application claims in one folder of a URL is claimed in all of them. */
function either(one: CompiledMount['isAsked'], other: CompiledMount['isAsked']): CompiledMount['isAsked'] {
  return one === undefined || other === undefined ? (one ?? other) : (path) => one(path) || other(path);
}
