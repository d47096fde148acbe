// Asks sslyze about a server with nothing said of TLS but its certificate, and writes docs/tls-conformance.md. Usage: node tests/conformance/tls/main.ts SSLYZE

import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority } from '../../integration/certificates.ts';
import { makeFolder, serve } from '../../integration/server.ts';
import { renderReport } from './report.ts';

const PAGE = join(import.meta.dirname, '../../../docs/tls-conformance.md');
const USAGE = 2;
const APP = `def application(environ, start_response):
    start_response('200 OK', [])
    return [b'hello']
`;

async function main([program]: readonly string[]): Promise<number> {
  if (program === undefined) {
    console.error('name the program sslyze: make conformance-tls installs it');
    return USAGE;
  }
  const folder = makeFolder();
  try {
    const authority = new Authority(folder);
    const { cert, key } = authority.issue('localhost', { keyKind: ['-newkey', 'rsa:2048'] });
    await using server = await serve({ app: APP, args: ['--certfile', cert, '--keyfile', key] });
    const asked = ['--certinfo_ca_file', authority.cert, '--mozilla_config=intermediate', `localhost:${server.port}`];
    const { stdout, stderr } = spawnSync(program, asked, { encoding: 'utf8' });
    if (!stdout.includes('SCANS COMPLETED')) {
      throw new Error(`sslyze has not come to an end: ${stderr}`);
    }
    const { page, findings } = renderReport(stdout);
    writeFileSync(PAGE, page);
    console.log(findings.length === 0 ? 'sslyze finds nothing' : findings.join('\n'));
    return findings.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

process.exitCode = await main(process.argv.slice(2));
