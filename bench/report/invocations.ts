import type { Kind, Place, Site } from '../servers/kind.ts';
import type { Invocation } from './result.ts';

/** Stand in for what differs from run to run. */
const PLACEHOLDERS: Place = {
  port: 'PORT',
  folder: 'RUN',
  peers: 'PEERS',
  portico: 'bin/portico',
  apps: 'bench/apps',
};

export function invocationsOf(kinds: readonly Kind[], site: Site): Invocation[] {
  return kinds.map((kind) => {
    const { commands, files } = kind.plan(site, PLACEHOLDERS);
    return { server: kind.name, commands: commands.map(({ argv }) => argv.join(' ')), files };
  });
}
