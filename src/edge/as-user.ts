/**
 * Where root starts an edge for somebody else: becomes that user, and is the edge then. It is no program that the user starts, so the kernel lets no other process of the
 * user's look into it: an application cannot read the keys of TLS from the memory of the edge.
 *
 * Argument: the user, as JSON.
 */

import { becomeUser } from '../kernel/become-user.ts';

// The compiled form of our code is read from root's folder, which is root's alone: in one that the application can write there could be code that gives the keys away.
// Loading this does nothing yet; `main.ts` begins to listen to the supervisor.
await import('./thread.ts');
process.getBuiltinModule('node:module').flushCompileCache();
becomeUser(process.argv[2] ?? '');
await import('./main.ts');
