/** The folder that both programs serve from: files with times that do not change, so that ETag and Last-Modified are the same everywhere. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface Stage extends Disposable {
  readonly folder: string;
}

/** 2024-01-02 03:04:05 UTC. */
const TIME_S = 1_704_164_645;
const PAGE = `<html><head><title>page</title></head><body>${'<p>A line of text that compresses.</p>\n'.repeat(60)}</body></html>\n`;

const FILES: Readonly<Record<string, string | Buffer>> = {
  'html/index.html': 'index of the root\n',
  'html/page.html': PAGE,
  'html/page.html.gz': gzipSync(PAGE),
  'html/only.txt.gz': gzipSync('only compressed\n'),
  'html/a.txt': 'abcdefghijklmnopqrstuvwxyz',
  'html/b.txt': 'file b\n',
  'html/empty.txt': '',
  'html/noext': 'no extension\n',
  'html/style.css': 'body { color: red }\n',
  'html/data.json': '{"a": 1}\n',
  'html/image.PNG': 'not a picture',
  'html/with space.txt': 'with space\n',
  'html/per%cent.txt': 'per cent\n',
  'html/qu?stion.txt': 'question mark\n',
  'html/ünicode.txt': 'unicode\n',
  'html/.hidden': 'hidden\n',
  'html/dir/index.html': 'index of dir\n',
  'html/dir/home.htm': 'home of dir\n',
  'html/dir/x.txt': 'x of dir\n',
  'html/dir/sub/y.txt': 'y of sub\n',
  'html/dir.txt/in.txt': 'in a folder with a dot\n',
  'html/sp ace/index.html': 'index of sp ace\n',
  'html/50x.html': 'our own error page\n',
  'html/404.html': 'our own not found\n',
  'html/ssi.html': 'uri=<!--#echo var="uri" --> args=<!--#echo var="args" --> <!--#include virtual="/b.txt" -->!\n',
  'html/ssi-if.html':
    '<!--#set var="v" value="x" --><!--#if expr="$v = x" -->yes<!--#else -->no<!--#endif --> <!--#if expr="$arg_q" -->q=<!--#echo var="arg_q" --><!--#else -->no q<!--#endif -->\n',
  'html/ssi-bad.html':
    'a<!--#nothing var="uri" -->b<!--#include virtual="/none" -->c<!--#echo var="unset" default="d" -->\n',
  'html/big.bin': Buffer.alloc(200_000, 'big '),
  'other/index.html': 'index of other\n',
  'other/o.txt': 'o of other\n',
  'other/a.txt': 'a of other\n',
  'hosts/a.test/index.html': 'site a\n',
  'hosts/b.test/index.html': 'site b\n',
  'only/one.html': 'the only one\n',
  // Passwords: user/pass in plain, apr1, SHA.
  users:
    'plain:{PLAIN}pass\nsha:{SHA}nU4eI71bcnBGqeO0t9tXvY1u5oQ=\napr:$apr1$salt1234$EAcAK6AlWog6ZyZq4LOg./\ncolon:{PLAIN}a:b\n',
};
const FOLDERS = ['html/void', 'html/dir/deep', 'html/no-index'];
const LINKS: Readonly<Record<string, string>> = {
  'html/link.txt': 'a.txt',
  'html/linkdir': 'dir',
  'html/broken.txt': 'nowhere',
};

export function prepareStage(): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'beside-'));
  // Whoever serves may be another user.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'logs'));
  for (const path of FOLDERS) mkdirSync(join(folder, path), { recursive: true });
  for (const [path, content] of Object.entries({ ...FILES, 'html/no-index/z.txt': 'z\n' })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    utimesSync(join(folder, path), TIME_S, TIME_S);
  }
  for (const [path, target] of Object.entries(LINKS)) symlinkSync(target, join(folder, path));
  for (const path of [
    'html/void',
    'html/dir/deep',
    'html/dir/sub',
    'html/dir',
    'html/no-index',
    'html',
    'html/dir.txt',
    'html/sp ace',
  ]) {
    utimesSync(join(folder, path), TIME_S, TIME_S);
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
