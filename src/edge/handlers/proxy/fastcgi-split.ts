/** The script that a path names, and what stands behind it: $fastcgi_script_name and $fastcgi_path_info, in a location with `fastcgi_split_path_info` and `fastcgi_index`. */

import type { ProxyRequest } from '../../../config/model/proxying.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import type { SplitPath } from './script-path.ts';

export function compileSplitPath(
  { fastcgi }: Pick<ProxyRequest, 'fastcgi'>,
  compilation: Pick<Compilation, 'pattern'>,
): SplitPath | undefined {
  if (fastcgi === undefined) {
    return undefined;
  }
  const pattern = fastcgi.splitsPath === undefined ? undefined : compilation.pattern(fastcgi.splitsPath);
  return (path) => {
    // Unlike other regexes it gives no captures to what follows.
    const found = pattern?.match(path);
    const script = found?.[1] ?? path;
    return { script: script.endsWith('/') ? script + fastcgi.index : script, info: found?.[2] ?? '' };
  };
}
