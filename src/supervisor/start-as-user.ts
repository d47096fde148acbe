/**
 * How a program is started as the user that the server is for: where root does it, by a program of ours that becomes that user
 * first; otherwise as it is.
 */

import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { UserToBecome } from '../kernel/become-user.ts';
import { holdVariables } from '../kernel/become-user.ts';
import type { Identity } from './privileges.ts';
import { mayAct } from './privileges.ts';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
}

/** As spawn() of Node takes it. */
export interface Spawned {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** The number of the first descriptor, behind the standard ones, that reaches the program. */
  readonly firstDescriptor: number;
}

const FIRST_DESCRIPTOR = 3;
/**
 * When Node starts, it keeps what it has inherited from its own children: the descriptors below 16, and those from there on up
 * to the first that is not open. What the program is to have must be behind such a gap.
 */
const BEHIND_GAP = 32;
const EXTENSION = extname(import.meta.filename);
/** Both programs stand beside others of ours, from which root reads. */
export const RUN_AS_USER: string = fileURLToPath(new URL(`../supervisor/run-as-user${EXTENSION}`, import.meta.url));
export const EDGE_AS_USER: string = fileURLToPath(new URL(`../edge/as-user${EXTENSION}`, import.meta.url));

/** `process.execArgv` is the edge's affair. */
export function commandAs(identity: Identity | undefined, { program, args, env, folder }: Command): Spawned {
  if (!mayAct(identity)) {
    return { program, args, env, cwd: folder, firstDescriptor: FIRST_DESCRIPTOR };
  }
  return {
    program: process.execPath,
    args: [RUN_AS_USER, userFor(identity, folder), program, ...args],
    env: holdVariables(env),
    // Of root's; the folder is entered by the user.
    cwd: '/',
    firstDescriptor: BEHIND_GAP,
  };
}

/** What `becomeUser` reads. */
export function userFor({ uid, gid, groups }: Identity, folder: string): string {
  return JSON.stringify({ uid, gid, groups, folder } satisfies UserToBecome);
}

/** `stdio` of spawn() for what stands behind the standard streams. */
export function behindStandard(
  { firstDescriptor }: Spawned,
  descriptors: readonly (number | 'pipe')[],
): (number | 'pipe' | 'ignore')[] {
  return [...Array.from({ length: firstDescriptor - FIRST_DESCRIPTOR }, () => 'ignore' as const), ...descriptors];
}
