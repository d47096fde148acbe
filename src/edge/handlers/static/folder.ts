/** A folder whose files are served, and what holds for them. Both are compiled once; what is known of a file is kept by its folder and its path below it. */

import type { ConditionRule } from './conditional.ts';
import type { Sibling } from './encodings.ts';
import type { RangeRule } from './ranges.ts';
import type { NameRule } from './resolve.ts';
import type { Root } from './root.ts';

export interface Folder {
  /** What stands before the path of a file, as latin-1: a directory with its final slash, if paths are below one. */
  readonly prefix: string;
  readonly rule: FileRule;
  readonly links: LinkRule;
  /** Where to look for what is missing here. */
  readonly fallback: Fallback | undefined;
}

export interface Fallback {
  readonly folder: Folder;
  /** What stands before a path of the one folder in the other. */
  readonly below: string;
}

/** How a file is found and described. Many folders share one. */
export interface FileRule {
  /** The paths that a client may name. */
  readonly names: NameRule;
  /** What there is at the path of a directory: nothing, the file of this name in it, or the directory itself, for whoever asked to do something with it. */
  readonly directories: 'missing' | 'seen' | { readonly index: string };
  readonly siblings: SiblingRule;
  readonly look: LookRule;
  readonly conditions: ConditionRule;
  readonly ranges: RangeRule;
  /** What was found out holds for so long without another look. */
  readonly trustMs: number;
  readonly missingTrustMs: number;
}

/** What is made of the compressed files beside a file. */
export interface SiblingRule {
  readonly siblings: readonly Sibling[];
  /**
   * False: a sibling that is older than its file, or has none, is not served, because it was made of an earlier content. True: it is, and a client that accepts
   * no coding gets the file itself, if there is one.
   */
  readonly isTrusted: boolean;
  /** `Vary: Accept-Encoding` is added where there is something to choose from. */
  readonly varies: boolean;
}

/** What is said of a file in the head of a response. */
export interface LookRule {
  /** '' : nothing is said. `name` ends with the name of a file. */
  readonly typeOf: (name: string) => string;
  readonly cacheControlOf: (name: string) => string;
  /** `fine`: by nanoseconds, with the coding. `seconds`: as nginx makes it. */
  readonly etag: 'fine' | 'seconds' | 'none';
  /** `X-Content-Type-Options: nosniff` */
  readonly forbidsSniffing: boolean;
}

export type LinkRule =
  /** Links are followed wherever they lead. */
  | { readonly kind: 'anywhere' }
  | { readonly kind: 'inside'; readonly root: Root }
  /** No name of the path behind `from` may be a link, or only one whose owner is that of what it leads to. `from` is the beginning of a path, or ''. */
  | { readonly kind: 'none' | 'owner'; readonly from: string };
