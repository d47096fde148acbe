import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaTypeOf } from './media-types.ts';

const EXPECTED: Readonly<Record<string, string>> = {
  'a/index.html': 'text/html; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
  'app.js': 'text/javascript; charset=utf-8',
  'app.mjs': 'text/javascript; charset=utf-8',
  'app.0123456789ab.js': 'text/javascript; charset=utf-8',
  'notes.txt': 'text/plain; charset=utf-8',
  'notes.md': 'text/markdown; charset=utf-8',
  'table.csv': 'text/csv; charset=utf-8',
  'feed.xml': 'application/xml',
  'data.json': 'application/json',
  'app.js.map': 'application/json',
  'site.webmanifest': 'application/manifest+json',
  'logo.svg': 'image/svg+xml',
  'LOGO.PNG': 'image/png',
  'photo.jpg': 'image/jpeg',
  'photo.webp': 'image/webp',
  'photo.avif': 'image/avif',
  'favicon.ico': 'image/x-icon',
  'font.woff2': 'font/woff2',
  'font.woff': 'font/woff',
  'font.ttf': 'font/ttf',
  'film.mp4': 'video/mp4',
  'film.webm': 'video/webm',
  'song.mp3': 'audio/mpeg',
  'song.m4a': 'audio/mp4',
  'song.wav': 'audio/wav',
  'module.wasm': 'application/wasm',
  'paper.pdf': 'application/pdf',
  'archive.zip': 'application/zip',
  'archive.tar.gz': 'application/gzip',
  'letter.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'letter.rtf': 'application/rtf',
};

test('mediaTypeOf() knows what sites serve, text with its charset', () => {
  for (const [path, type] of Object.entries(EXPECTED)) {
    assert.equal(mediaTypeOf(path), type, path);
  }
});

test('mediaTypeOf() calls the rest a stream of bytes', () => {
  for (const path of ['LICENSE', 'a.b/LICENSE', 'file.unheard-of', 'file.', 'file.constructor', '']) {
    assert.equal(mediaTypeOf(path), 'application/octet-stream', path);
  }
});
