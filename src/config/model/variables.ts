/** Variables that a configuration defines beside those of `set` and of captures. Each is made when it is first asked for in a request. */

import type { Pattern, Template } from './template.ts';

export type DefinedVariable =
  | {
      readonly kind: 'map';
      readonly variable: string;
      readonly source: Template;
      readonly hasHostnames: boolean;
      /** Made anew each time that it is asked for. */
      readonly isVolatile: boolean;
      readonly exact: readonly (readonly [string, Template])[];
      readonly patterns: readonly (readonly [Pattern, Template])[];
      readonly fallback: Template;
    }
  | {
      readonly kind: 'geo';
      readonly variable: string;
      /** An address; $remote_addr unless it is said. */
      readonly source: Template;
      /** CIDR blocks, or ranges `from-to`. Of several that hold an address the narrowest counts. */
      readonly networks: readonly (readonly [string, string])[];
      readonly fallback: string;
      readonly proxies: readonly string[];
      readonly isProxyRecursive: boolean;
      readonly isVolatile: boolean;
    }
  | {
      readonly kind: 'split';
      readonly variable: string;
      readonly source: Template;
      /** In hundredths of a percent; the last may be undefined: the rest. */
      readonly parts: readonly { readonly share: number | undefined; readonly value: string }[];
    };
