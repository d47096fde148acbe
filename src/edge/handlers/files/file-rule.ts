/** What a scope of the configuration says of files, as the rule by which they are found and described. */

import type { Precompressed } from '../../../config/model/bodies.ts';
import type { Scope } from '../../../config/model/scope.ts';
import { endingOf } from '../../pipeline/media-type.ts';
import type { CompiledScope } from '../../pipeline/route.ts';
import type { Sibling } from '../static/encodings.ts';
import type { FileRule, SiblingRule } from '../static/folder.ts';
import { STATIC_LIMITS } from '../static/limits.ts';

export function compileFileRule({ model, types }: CompiledScope): FileRule {
  const { files } = model;
  const { missingMs, revalidateMs } = STATIC_LIMITS;
  return {
    // A path of a request is normal by now, and a hidden name is refused by it, not by that of the file: the root may be in a hidden folder.
    names: { hidden: 'all', form: 'verbatim' },
    directories: 'seen',
    siblings: compileSiblings(model),
    look: {
      typeOf: (name) => types.typeOf(endingOf(name)) ?? (typeof types.fallback === 'string' ? types.fallback : ''),
      cacheControlOf: () => '',
      etag: files.hasEtag ? 'seconds' : 'none',
      forbidsSniffing: false,
    },
    conditions: { ifModifiedSince: files.ifModifiedSince, needsAll: true },
    ranges: {
      countMax: files.rangesMax ?? STATIC_LIMITS.rangesMax,
      refusesMalformed: true,
      joins: false,
      holdsForHead: true,
    },
    trustMs: files.cacheMs ?? revalidateMs,
    missingTrustMs: Math.min(files.cacheMs ?? missingMs, missingMs),
  };
}

/** The same, but that every file is of one type. */
export function withType(rule: FileRule, type: string): FileRule {
  return { ...rule, look: { ...rule.look, typeOf: () => type } };
}

const SUFFIXES: readonly {
  readonly key: keyof Precompressed;
  readonly coding: Sibling['coding'];
  readonly suffix: string;
}[] = [
  { key: 'brotli', coding: 'br', suffix: '.br' },
  { key: 'zstd', coding: 'zstd', suffix: '.zst' },
  { key: 'gzip', coding: 'gzip', suffix: '.gz' },
];

function compileSiblings({ compressions }: Scope): SiblingRule {
  const precompressed = compressions?.precompressed;
  const siblings = SUFFIXES.flatMap(({ key, coding, suffix }): Sibling[] => {
    const use = precompressed?.[key] ?? 'off';
    return use === 'off' ? [] : [{ coding, suffix, always: use === 'always' }];
  });
  return { siblings, isTrusted: true, varies: compressions?.varies ?? false };
}
