import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAPHNE } from '../../config/dialects/daphne.ts';
import type { Dialect } from '../../config/dialects/option.ts';
import { readDialect } from '../../config/dialects/read-dialect.ts';
import { UVICORN } from '../../config/dialects/uvicorn.ts';
import { failure } from '../../kernel/outcome.ts';
import { renderDialectDiagnostics } from './dialect-diagnostics.ts';

function told(dialect: Dialect, args: string[]): string {
  const machine = { env: {}, coreCount: 2 };
  const { request, diagnostics } = readDialect(dialect, args, { machine, readText: () => failure('') });
  return renderDialectDiagnostics(dialect, diagnostics, request?.options.logLevel);
}

test('renderDialectDiagnostics() speaks as click does', () => {
  assert.equal(
    told(UVICORN, ['a', '--wrokers', '3', '--port', 'x', '--reload=1', '--http2', '--host']),
    `Usage: portico uvicorn [OPTIONS] APP
Try 'portico uvicorn --help' for help.

Error: No such option: --wrokers Did you mean --workers?
Error: Option '--reload' does not take a value.
Error: Option '--host' requires an argument.
Error: Invalid value for '--port': "x" is not a valid integer.
Error: Option '--http2' is not supported: HTTP/2 is to come. Leave it out, and HTTP/1.1 is spoken.
`,
  );
  assert.match(told(UVICORN, []), /^Error: Missing argument 'APP'\.$/m);
  assert.match(told(UVICORN, ['a', 'b']), /^Error: Got unexpected extra argument \(b\)$/m);
});

test('renderDialectDiagnostics() speaks as argparse does', () => {
  assert.equal(
    told(DAPHNE, ['a', 'b', '--prot', '1', '-p', 'x', '--ping', '3', '--proxy-headers=1', '--fd', '3', '-b']),
    `usage: portico daphne [-h] [options] application
portico daphne: error: unrecognized arguments: b
portico daphne: error: unrecognized arguments: --prot Did you mean --port?
portico daphne: error: ambiguous option: --ping: it could match --ping-interval, --ping-timeout
portico daphne: error: argument --proxy-headers: takes no value
portico daphne: error: argument -b/--bind: expected one argument
portico daphne: error: argument -p/--port: "x" is not a valid integer.
portico daphne: error: argument --fd: not supported: Portico makes its sockets itself and keeps them open over reloads. Name the address with --bind and --port, or --unix-socket.
`,
  );
  assert.match(told(DAPHNE, []), /error: the following arguments are required: application$/m);
});

test('renderDialectDiagnostics() tells what has no meaning, unless the log is for less', () => {
  const line = 'portico: info: --use-colors: the log has no colours.\n';
  assert.equal(told(UVICORN, ['a:b', '--use-colors']), line);
  assert.equal(told(UVICORN, ['a:b', '--use-colors', '--log-level', 'warning']), '');
  assert.match(
    told(UVICORN, ['a:b', '--limit-max-requests-jitter', '3', '--log-level', 'error']),
    /^portico: warning: jitter: /,
  );
});
