/** `--hook-PHASE ACTION:ARGUMENT`, and `--exec-PHASE COMMAND`. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { UwsgiHook } from '../model/uwsgi-app.ts';
import { UWSGI_PHASES } from '../model/uwsgi-app.ts';

/** What python/portico_worker/uwsgi/actions.py can do. */
const ACTIONS: ReadonlySet<string> = new Set([
  ...['cd', 'chdir', 'mkdir', 'putenv', 'chmod', 'sticky', 'chown', 'chown2', 'exec', 'safeexec', 'create', 'creat'],
  ...['write', 'writen', 'append', 'appendn', 'writefifo', 'unlink', 'call', 'callret', 'callint', 'callintret'],
  ...['wait_for_fs', 'wait_for_file', 'wait_for_dir', 'wait_for_socket', 'unix_signal', 'print', 'log', 'exit'],
]);

const REASONS: Readonly<Record<string, string>> = {
  mount: 'file systems are mounted before the server starts. Use the unit file or the container',
  umount: 'file systems are mounted before the server starts. Use the unit file or the container',
  hostname: 'the name of the machine is the system’s to set',
  alarm: 'there are no alarms. Use exec:COMMAND',
  rpc: 'there is no RPC. Use call:MODULE.FUNCTION',
  retryrpc: 'there is no RPC. Use call:MODULE.FUNCTION',
  spinningfifo: 'the control socket and --master-fifo are always read',
};

export function readHook(phase: string, text: string): Outcome<UwsgiHook> {
  const known = UWSGI_PHASES.find((name) => name === phase);
  if (known === undefined) {
    return failure(`there is no moment "${phase}"`);
  }
  const [, path = '', action = ''] = known === 'touch' ? (/^(\S+)\s+(\S.*)$/s.exec(text) ?? []) : ['', '', text];
  const name = /^([a-z_0-9]+)(?::|$)/.exec(action)?.[1] ?? '';
  if (!ACTIONS.has(name)) {
    return failure(REASONS[name] ?? `"${action}" is none of the actions, which are ${[...ACTIONS].join(', ')}`);
  }
  return success({ phase: known, action, path });
}

/** `phase` of `exec-as-user` is `as-user`. */
export function readExec(phase: string, command: string): Outcome<UwsgiHook> {
  return readHook(phase, `exec:${command}`);
}
