/** What an action that could not be performed means to the fleet: what was to be started has not come to be. */

import type { FleetAction, FleetFact } from './fleet-types.ts';

/** Undefined for an action whose failure the fleet notices by itself, by a deadline. */
export function factOfFailure(action: FleetAction, error: string): FleetFact | undefined {
  const cause = { code: null, signal: null, error };
  switch (action.kind) {
    case 'start-edge':
      return { kind: 'edge-exited', cause, message: '' };
    case 'start-zygote':
      return { kind: 'zygote-exited', app: action.app, generation: action.generation, cause };
    case 'spawn-worker':
      return { kind: 'worker-exited', app: action.app, worker: action.worker, cause, reason: '' };
    default:
      return undefined;
  }
}

/** The message of an error that an operation of the system has failed with; undefined for any other, which is a bug of ours. */
export function describeSystemError(error: unknown): string | undefined {
  const isSystem = error instanceof Error && 'syscall' in error && 'code' in error;
  return isSystem ? error.message : undefined;
}
