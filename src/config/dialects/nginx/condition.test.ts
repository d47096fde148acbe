import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inHttp } from './fake-files.ts';

function condition(text: string): string[] {
  return inHttp(`server { if ${text} { break; } }`).map((error) => error.replace(/^\d+:/, ''));
}

test('a condition may be written in all of the ways that nginx reads', () => {
  for (const text of [
    ...['($args)', '( $args )', '($uri = a)', '($uri != "")', '($uri ~ "^/a$")', '($uri ~* \\.php$)', '($uri !~ b)'],
    ...['(-f $request_filename)', '(!-d $uri)', '( -e /a )', '(-x "$uri")', '($uri = "a b")', "($uri !~* '(a)')"],
  ]) {
    assert.deepEqual(condition(text), [], text);
  }
});

test('a condition that nginx refuses is refused in its words', () => {
  const faults: Readonly<Record<string, string>> = {
    $uri: '30 invalid condition "$uri"',
    '($uri': '30 invalid condition "($uri"',
    '($uri == a)': '36 unexpected "==" in condition',
    '($uri = a b)': '31 invalid condition "$uri"',
    '($uri =)': '31 invalid condition "$uri"',
    '(-f)': '31 invalid condition "-f"',
    '(-z a)': '31 invalid condition "-z"',
    '(a = b)': '31 invalid condition "a"',
    '($uri ~ "(a")': '38 pcre2_compile() failed: missing closing parenthesis in "(a"',
    '($nothing)': '31 unknown "nothing" variable',
    '($uri = "$nix")': '39 unknown "nix" variable',
  };
  for (const [text, fault] of Object.entries(faults)) {
    assert.deepEqual(condition(text), [fault], text);
  }
});
