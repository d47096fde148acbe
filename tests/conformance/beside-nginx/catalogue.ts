// The cases that were written by hand: files of configurations, with what is asked of each behind `#>`.
//
//   #= what it is about
//   location / { return 200 $uri; }
//   #> GET /x | Host: b.test

import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Case } from './case.ts';

const FOLDER = join(import.meta.dirname, 'catalogue');

export function readCatalogue(pattern: RegExp): Case[] {
  return globSync('*.conf', { cwd: FOLDER })
    .sort()
    .flatMap((file) => readTopic(basename(file, '.conf'), readFileSync(join(FOLDER, file), 'utf8')))
    .filter(({ name }) => pattern.test(name));
}

export function readTopic(topic: string, text: string): Case[] {
  return text
    .split(/^#= /m)
    .slice(1)
    .map((part) => {
      const [name = '', ...lines] = part.split('\n');
      const requests = lines.filter((line) => line.startsWith('#> ')).map((line) => line.slice(3));
      const configuration = lines.filter((line) => !line.startsWith('#')).join('\n');
      return { name: `${topic}: ${name}`, configuration, requests };
    });
}
