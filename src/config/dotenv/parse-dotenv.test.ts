import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDotenv } from './parse-dotenv.ts';

function read(text: string): Record<string, string | undefined> {
  const { bindings, faultyLines } = parseDotenv(text);
  assert.deepEqual(faultyLines, []);
  return Object.fromEntries(bindings.map(({ name, value }) => [name, value]));
}

test('parseDotenv() takes "#" for a comment only behind a blank', () => {
  assert.deepEqual(
    read('A=pa#ss\nB=#336699\nC= #336699\nD=x #y #z\nE=x\t#y\nF= # no\n#G=1\n  # H=1\nI="#" # c\nJ=\'#\'#c\n'),
    {
      A: 'pa#ss',
      B: '#336699',
      C: '',
      D: 'x',
      E: 'x',
      F: '',
      I: '#',
      J: '#',
    },
  );
});

test('parseDotenv() reads quotes, their escapes and the line breaks between them', () => {
  assert.deepEqual(
    read(
      'A="a b"\nB=\' a \'\nC="a\\nb\\t\\"\\\\\\$"\nD=\'a\\nb\\\'\\\\.\'\nE="1\n2\r\n3"\nF=a"b"\nG=a\\nb\nH=\'\'\nI=""\n',
    ),
    {
      A: 'a b',
      B: ' a ',
      C: 'a\nb\t"\\\\$',
      D: "a\\nb'\\.",
      E: '1\n2\n3',
      F: 'a"b"',
      G: 'a\\nb',
      H: '',
      I: '',
    },
  );
  assert.deepEqual(
    read("A=\"C:\\\\\"\nB='\\\\\\''\n"),
    { A: 'C:\\', B: "\\'" },
    'a backslash that is escaped hides no quote',
  );
  assert.deepEqual(parseDotenv("A='\\'\nB=1").faultyLines, [1], 'a quote behind a backslash closes nothing');
});

test('parseDotenv() passes over export, blanks, a byte order mark and every kind of line end', () => {
  assert.deepEqual(read("\ufeffA=1\r\nexport B=2\rexport\tC = 3 \n\n  \n  D=4\nexport=5\nF=a b c\n'G H'=6\nI=\nJ"), {
    A: '1',
    B: '2',
    C: '3',
    D: '4',
    export: '5',
    F: 'a b c',
    'G H': '6',
    I: '',
    J: undefined,
  });
});

test('parseDotenv() tells where something stands that is not understood, and reads on behind it', () => {
  const text = 'A=1\n=2\nB="open\nC=3\n\n"D"x\nE F\nG=\'g\' h\n\'I=1\nJ=4';
  const { bindings, faultyLines } = parseDotenv(text);
  assert.deepEqual(faultyLines, [2, 3, 7, 8, 9]);
  assert.deepEqual(
    bindings.map(({ name, line }) => [name, line]),
    [
      ['A', 1],
      ['J', 10],
    ],
  );
});
