// Files of variables made of what a parser may stumble over, read by us and by python-dotenv: the same variables, and a fault of
// ours for each statement that python-dotenv skips.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { expandDotenv } from '../../src/config/dotenv/expand-dotenv.ts';
import { parseDotenv } from '../../src/config/dotenv/parse-dotenv.ts';
import { seededRandom } from '../conformance/seeded-random.ts';

const FILES = 4000;
const PIECES_MAX = 16;
const LINES = 4;
const LINE_PIECES_MAX = 5;
const NAMES = ['A', 'B', 'C'];
const PIECES = [
  ...[
    'A',
    'B',
    'a b',
    'export ',
    'export',
    '=',
    '=',
    '=',
    ' = ',
    '\n',
    '\n',
    '\r\n',
    '\r',
    ' ',
    '\t',
    '#',
    ' #',
    "'",
    '"',
  ],
  ...[
    '\\',
    "\\'",
    '\\"',
    '\\n',
    '\\t',
    '\\x',
    `\${A}`,
    `\${A:-b}`,
    `\${`,
    '}',
    ':-',
    `\${Z:-#}`,
    '$',
    'A=1\n',
    'B="',
    "C='",
  ],
  ...['\v', '\f', '\x1c', '\x85', '\xa0', '\u2028', '\u3000', 'é', '😀', 'x', 'pa#ss', '#336699'],
];

/** Universal line ends, as a file is opened by python-dotenv; the surroundings are one variable. */
const PEER = `
import io, json, os, sys
from importlib.metadata import version
from dotenv.main import DotEnv
from dotenv.parser import parse_stream
os.environ.clear()
os.environ['Z'] = 'outside'
def read(text):
    text = io.IncrementalNewlineDecoder(None, translate=True).decode(text, final=True)
    errors = sum(binding.error for binding in parse_stream(io.StringIO(text, newline='')))
    values = DotEnv(None, stream=io.StringIO(text, newline=''), verbose=False, override=True).dict()
    return [errors, [[name, value] for name, value in values.items() if value is not None]]
isOld = version('python-dotenv') == '1.2.1'
json.dump({'isOld': isOld, 'files': [read(text) for text in json.load(sys.stdin)]}, sys.stdout)
`;

test('files of variables are read as python-dotenv reads them', () => {
  const random = seededRandom(1);
  const pick = (count: number) => Math.floor(random() * count);
  const pieces = (most: number) =>
    Array.from({ length: 1 + pick(most) }, () => PIECES[pick(PIECES.length)] ?? '').join('');
  const line = () => `${NAMES[pick(NAMES.length)]}=${pieces(LINE_PIECES_MAX)}\n`;
  const files = Array.from({ length: FILES }, (_, index) =>
    index % 2 === 0 ? pieces(PIECES_MAX) : Array.from({ length: LINES }, line).join(''),
  );
  const { status, stdout, stderr } = spawnSync('.venv/bin/python', ['-c', PEER], {
    input: JSON.stringify(files),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  assert.equal(status, 0, stderr);
  const peer = JSON.parse(stdout) as { readonly isOld: boolean; readonly files: [number, [string, string][]][] };
  let read = 0;
  for (const [index, file] of files.entries()) {
    const { bindings, faultyLines } = parseDotenv(file);
    const outside = (name: string) => (name === 'Z' ? 'outside' : undefined);
    const { variables, faults } = expandDotenv(bindings, { given: () => undefined, outside });
    // python-dotenv's last version for Python 3.9 takes some backslashes, and comments that follow "= ", otherwise than later versions.
    const isAlike = !peer.isOld || !/\\|=\s+#/u.test(file);
    // python-dotenv does not check what can be a name.
    if (faults.length === 0 && isAlike) {
      assert.deepEqual([faultyLines.length, [...variables]], peer.files[index], JSON.stringify(file));
      read += variables.size;
    }
  }
  assert.ok(read > FILES / 2, `only ${read} variables were compared`);
});
