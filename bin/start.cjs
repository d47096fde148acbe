// Where the installed program begins: in words that every Node.js understands, so that one that is too old can say so.

'use strict';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  const found = `${process.execPath} is Node.js ${process.versions.node}`;
  console.error(`portico: ${found}, and Portico needs 24.12 or later.`);
  process.exit(1);
}
void import('../build/cli/main.js');
