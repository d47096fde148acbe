import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lexNginx } from './lexer.ts';
import { Diagnostics } from './report.ts';
import { sourceFile, sourceParameter } from './source-text.ts';

function lex(text: string | Buffer) {
  const diagnostics = new Diagnostics();
  const tokens = lexNginx(sourceFile('f', Buffer.from(text)), diagnostics.report);
  return { tokens, faults: diagnostics.all() };
}

/** Words as they are, marks as their character. */
function words(text: string): string[] {
  const { tokens, faults } = lex(text);
  assert.deepEqual(faults, []);
  return tokens.map((token) => (token.kind === 'word' ? token.text : token.kind));
}

function faults(text: string | Buffer): string[] {
  return lex(text).faults.map(({ place, message }) =>
    place.kind === 'file' ? `${place.line}:${place.column} ${message}` : message,
  );
}

test('lexNginx() cuts words at spaces, semicolons and opening braces', () => {
  assert.deepEqual(words('a b\tc;\r\n{ d{e;}\n}'), ['a', 'b', 'c', ';', '{', 'd', '{', 'e', ';', '}', '}']);
  assert.deepEqual(words('listen 80}'), ['listen', '80}'], 'a closing brace ends no word');
  assert.deepEqual(words('a\u000bb;'), ['a\u000bb', ';'], 'other white space is none');
});

test('lexNginx() leaves out comments, which begin where a word could', () => {
  assert.deepEqual(words('a # b;\nc#d; # e'), ['a', 'c#d', ';']);
  assert.deepEqual(words('# all'), []);
});

test('lexNginx() takes quotes away, and the escapes in words', () => {
  assert.deepEqual(words(`"a b" 'c;d' "e\\"f" 'g\\'h' "" a"b`), ['a b', 'c;d', 'e"f', "g'h", '', 'a"b']);
  assert.deepEqual(words(String.raw`a\tb\n\r\\ ^/\.php$ "\d{2}\;" \;x`), [
    'a\tb\n\r\\',
    '^/\\.php$',
    '\\d{2}\\;',
    '\\;x',
  ]);
  assert.deepEqual(words('"a\nb"'), ['a\nb']);
});

test('lexNginx() takes braces after a dollar for a part of the word', () => {
  assert.deepEqual(words('${a}b $c{ ${{d'), ['${a}b', '$c', '{', '${{d']);
});

test('lexNginx() lets a bracket follow a closing quote', () => {
  assert.deepEqual(words('("a") "b"){'), ['("a")', 'b', ')', '{']);
});

test('lexNginx() knows the place of each word', () => {
  const { tokens } = lex('a "b c"\n\t\'d\ne\' f;');
  const places = tokens.map(({ place }) => (place.kind === 'file' ? [place.line, place.column, place.length] : []));
  assert.deepEqual(places, [
    [1, 1, 1],
    [1, 3, 5],
    [2, 2, 2],
    [3, 4, 1],
    [3, 5, 1],
  ]);
});

test('lexNginx() keeps bytes that are not UTF-8', () => {
  const { tokens } = lex(Buffer.from([0x61, 0xff, 0x3b]));
  assert.equal(tokens[0]?.kind === 'word' && tokens[0].text, 'a\udcff');
});

test('lexNginx() refuses words and comments that are longer than nginx reads', () => {
  const long = (count: number) => 'a'.repeat(count);
  assert.deepEqual(faults(`${long(4095)};`), []);
  assert.deepEqual(faults(`b ${long(4096)};`), ['1:3 too long parameter "aaaaaaaaaa..." started']);
  assert.deepEqual(faults(`"${long(4094)}";`), []);
  assert.deepEqual(faults(`"${long(4095)}";`), ['1:2 too long parameter "aaaaaaaaaa..." started']);
  assert.deepEqual(faults(`"${long(4096)}";`), ['1:2 too long parameter, probably missing terminating """ character']);
  assert.deepEqual(faults(`\n#${long(4094)}\n`), []);
  assert.deepEqual(faults(`\n#${long(4095)}\n`), ['2:1 too long parameter "#aaaaaaaaa..." started']);
  assert.deepEqual(faults(`x "${'ä'.repeat(2100)}";`), [
    '1:4 too long parameter, probably missing terminating """ character',
  ]);
});

test('lexNginx() refuses NUL bytes', () => {
  assert.deepEqual(faults('root /a\0b;'), ['1:6 a NUL byte']);
});

test('lexNginx() refuses what follows a closing quote without a space, and reads on', () => {
  assert.deepEqual(faults('a "b"c; d "e"}'), ['1:6 unexpected "c"', '1:14 unexpected "}"']);
});

test('lexNginx() finds the quote that is not closed, and reads on behind its line', () => {
  const { tokens, faults: told } = lex('a "b;\nc "d";\ne;');
  assert.deepEqual(
    told.map(({ place, message }) => [place.kind === 'file' && place.line, message]),
    [[1, 'unexpected "d"']],
  );
  assert.deepEqual(
    tokens.map((token) => (token.kind === 'word' ? token.text : token.kind)),
    ['a', 'b', ';', 'c', 'd', ';', 'e', ';'],
  );
  assert.deepEqual(faults("a;\nb 'c;\nd;"), ['2:3 unexpected end of file, expecting ";" or "}"']);
  assert.deepEqual(faults('a "b\nc";'), [], 'a word may go over lines');
});

test('lexNginx() reads what -g says, whose words may be as long as they like', () => {
  const diagnostics = new Diagnostics();
  lexNginx(sourceParameter(`a ${'b'.repeat(5000)}; c "d`), diagnostics.report);
  assert.deepEqual(
    diagnostics.all().map(({ place, message }) => [place, message]),
    [[{ kind: 'flag', name: '-g' }, 'unexpected end of parameter, expecting ";"']],
  );
});
