import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandDotenv } from './expand-dotenv.ts';
import { parseDotenv } from './parse-dotenv.ts';

function expand(
  text: string,
  outside: Record<string, string> = {},
  given: Record<string, string> = {},
): Record<string, string> {
  const { variables, faults } = expandDotenv(parseDotenv(text).bindings, {
    given: (name) => given[name],
    outside: (name) => outside[name],
  });
  assert.deepEqual(faults, []);
  return Object.fromEntries(variables);
}

test('expandDotenv() takes what the lines before say, then what was there, then the default', () => {
  assert.deepEqual(
    expand(`A=1\nB=\${A}-\${H}-\${X:-d}-\${X}\nC="\${B}"\nD='\${A}'\nH=2\nE=\${H:-x}\n`, { H: 'host', A: '0' }),
    {
      A: '1',
      B: '1-host-d-',
      C: '1-host-d-',
      D: '1',
      H: '2',
      E: '2',
    },
  );
});

test('expandDotenv() takes what is given before what the lines say', () => {
  assert.equal(expand(`A=1\nB=\${A}`, { A: 'outside' }, { A: 'given' })['B'], 'given');
});

test('expandDotenv() leaves alone what is no name in braces', () => {
  const text = `$A \${A:x} \${A {A} $\${A}`;
  assert.deepEqual(expand(`B=${text}`, { A: '1', 'A {A': '2' }), { B: `$A \${A:x} 2 $1` });
  assert.deepEqual(expand(`B=\${A:-x:-y} \${:-z} \${`), { B: `x:-y z \${` });
});

test('expandDotenv() keeps the last of a name, and gives no variable for a name alone', () => {
  assert.deepEqual(expand(`A=1\nA=\${A}2\nH\nB=[\${H}]\nH2\n`, { H: 'outside' }), { A: '12', B: '[]' });
});
