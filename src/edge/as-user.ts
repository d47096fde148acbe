/**
 * Where root starts an edge for somebody else: becomes that user, and is the edge then. It is no program that the user starts, so the kernel lets no other process of the
 * user's look into it: an application cannot read the keys of TLS from the memory of the edge.
 *
 * Argument: the user, as JSON.
 */

import { becomeUser } from '../kernel/become-user.ts';

const CACHE = 'NODE_COMPILE_CACHE';

becomeUser(process.argv[2] ?? '');
// Root must run no code from a folder of the user's, so Node is told of it only now.
const cache = process.env[CACHE];
if (cache !== undefined) {
  process.getBuiltinModule('node:module').enableCompileCache(cache);
}
await import('./main.ts');
