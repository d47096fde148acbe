/** What answers in a location, when nothing before has. */

import type { AppId } from './app.ts';
import type { StaticFolder } from './folders.ts';
import type { ProxyContent } from './proxying.ts';
import type { Template } from './template.ts';

export type Content =
  | AppContent
  /** The files of the scope's root or alias (`Scope.files`), by the path of the request. */
  | { readonly kind: 'files' }
  | ProxyContent
  | ReplyContent
  /** stub_status of nginx. */
  | { readonly kind: 'status' }
  /** Upstreams and their servers in JSON: `api` of the commercial nginx. */
  | { readonly kind: 'upstreams' }
  | { readonly kind: 'empty-gif' };

/** A text, a redirect or a refusal. Unlike the instruction `return` it comes after all that decides who may ask, and how often. */
export interface ReplyContent {
  readonly kind: 'reply';
  readonly status: number;
  /** Of a redirect: its target. */
  readonly body: Template;
}

export interface AppContent {
  readonly kind: 'app';
  readonly app: AppId;
  /** The path at which the application is mounted: '', or it begins with a slash and ends without one. */
  readonly scriptName: string;
  /** A trusted proxy may say it for each request, by a field SCRIPT_NAME. */
  readonly takesScriptName?: true;
  /** Folders that are looked into before the application is asked. */
  readonly folders: readonly StaticFolder[];
  /** The edge serves the folders too that the application names when it is loaded. */
  readonly servesDeclared: boolean;
}
