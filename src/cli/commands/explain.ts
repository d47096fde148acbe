/** `portico explain`: what a server does, and what it does with one request. */

import { renderBindAddress } from '../../config/bind-address.ts';
import { readAskedLine } from '../explain/asked-line.ts';
import { describeServer } from '../explain/describe-server.ts';
import { renderServer } from '../explain/render-server.ts';
import type { TracedRequest } from '../explain/trace-request.ts';
import { traceRequest } from '../explain/trace-request.ts';
import { FAULTY, SOUND } from '../files/file-command.ts';
import type { SoundFile } from '../files/read-sound-file.ts';
import { readSoundFile } from '../files/read-sound-file.ts';
import { EXPLAIN_HELP } from '../help/explain-help.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';

const COMMAND = { name: 'explain', options: ['--url', '--method', '--from', '--format'] } as const;

/** Resolves with the exit code. */
export async function explain(invocation: Invocation, terminal: Terminal): Promise<number> {
  if (invocation.args.includes('--help') || invocation.args.includes('-h')) {
    terminal.out(EXPLAIN_HELP);
    return SOUND;
  }
  const file = await readSoundFile(invocation, COMMAND);
  if (!file.ok) {
    terminal.error(file.fault);
    return FAULTY;
  }
  const url = file.value.options.get('--url');
  if (url !== undefined) {
    return explainRequest(url, file.value, terminal);
  }
  const described = describeServer(file.value.model);
  terminal.out(file.value.isJson ? `${JSON.stringify(described, undefined, 2)}\n` : renderServer(described));
  return SOUND;
}

async function explainRequest(url: string, { model, options, isJson }: SoundFile, terminal: Terminal): Promise<number> {
  const line = readAskedLine({ url, method: options.get('--method'), from: options.get('--from') });
  if (!line.ok) {
    terminal.error(`portico explain: ${line.fault}.\n`);
    return FAULTY;
  }
  const traced = await traceRequest(model, line.value);
  if (traced === undefined) {
    const addresses = model.listeners.map(({ address }) => (address === undefined ? '' : renderBindAddress(address)));
    terminal.error(
      `portico explain: the server has no address at port ${line.value.port}. Its addresses are ${addresses.join(', ')}.\n`,
    );
    return FAULTY;
  }
  terminal.out(isJson ? `${JSON.stringify(traced, undefined, 2)}\n` : renderTrace(traced));
  return SOUND;
}

function renderTrace({ steps }: TracedRequest): string {
  const width = Math.max(...steps.map(({ what }) => what.length));
  return steps.map(({ what, text }) => `${what.padEnd(width)}  ${text}\n`).join('');
}
