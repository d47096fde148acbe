/** Files, and how a path of a URL becomes one of the disk. */

import type { Template } from './template.ts';

export interface Files {
  /** `alias` stands for the part of the path that the location's prefix matched (or for all of it, in a location of a regex); `root` stands before the whole. */
  readonly kind: 'root' | 'alias';
  readonly path: Template;
  readonly index: readonly Template[];
  readonly autoindex: Autoindex | undefined;
  readonly isIndexRandom: boolean;
  /** False: names that begin with a dot are as good as missing, beside `/.well-known`. */
  readonly servesHidden: boolean;
  readonly symlinks: Symlinks;
  readonly hasEtag: boolean;
  readonly ifModifiedSince: 'off' | 'exact' | 'before';
  /** Ranges of one request; 0: none are served, undefined: as many as our own limit. */
  readonly rangesMax: number | undefined;
  /** How long what was found out about a file holds without another look; undefined: our own manner. */
  readonly cacheMs: number | undefined;
  readonly logsMissing: boolean;
}

export interface Autoindex {
  readonly format: 'html' | 'xml' | 'json' | 'jsonp';
  readonly hasExactSize: boolean;
  readonly isLocalTime: boolean;
}

export type Symlinks =
  | { readonly kind: 'anywhere' | 'inside' }
  /** No name of a path may be a link, or only one of the owner of what it leads to; those of the beginning `from` are not looked at. */
  | { readonly kind: 'none' | 'owner'; readonly from: Template | undefined };

/** try_files: the first path for which there is a file (or, with a slash at its end, a directory) becomes the URI. */
export interface TryFiles {
  readonly paths: readonly Template[];
  /** What is done when there is none: a URI, `@name`, or `=404`. */
  readonly last:
    | { readonly kind: 'uri'; readonly uri: Template }
    | { readonly kind: 'status'; readonly status: number };
}

/** Media types by the ending of a name. Many scopes share one. */
export interface TypeMap {
  /** Whether endings that `types` leaves out are looked up in the registry (`known-media-types.ts`). */
  readonly knowsRegistry: boolean;
  /** What text types of the registry name, unless the scope converts to a charset; '': none. */
  readonly charset: string;
  readonly types: Readonly<Record<string, string>>;
  readonly fallback: Template;
}

/** Where nothing is said of files, none is answered. */
export const NO_FILES: Files = {
  kind: 'root',
  path: '',
  index: [],
  autoindex: undefined,
  isIndexRandom: false,
  servesHidden: false,
  symlinks: { kind: 'inside' },
  hasEtag: true,
  ifModifiedSince: 'before',
  rangesMax: undefined,
  cacheMs: undefined,
  logsMissing: false,
};
