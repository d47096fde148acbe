import { once } from 'node:events';
import { connect } from 'node:net';

async function tell(port: number, command: string, end: RegExp): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  let said = '';
  socket.write(command);
  while (!end.test(said)) {
    const [text] = (await once(socket, 'data')) as [string];
    said += text;
  }
  socket.destroy();
  return said;
}

export async function store(port: number, key: string, value: string): Promise<void> {
  await tell(port, `set ${key} 0 0 ${value.length}\r\n${value}\r\n`, /STORED/);
}

/** What it was told beside `get`, by its own statistics, and what it holds. */
export async function countCommands(port: number): Promise<string> {
  const stats = await tell(port, 'stats\r\n', /END\r\n$/);
  const names =
    /^STAT (cmd_set|cmd_flush|cmd_touch|cmd_meta|delete_hits|delete_misses|incr_hits|incr_misses|decr_hits|decr_misses|cas_misses|cas_hits|touch_hits|auth_cmds|total_items|curr_items) (\d+)/gm;
  return [...stats.matchAll(names)].map(([, name, count]) => `${name} ${count}`).join(', ');
}
