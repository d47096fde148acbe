/** An edge that somebody has taken over: it names a folder that is not its own, which would be removed when it ends, and says what our program never says. */

process.on('message', (message: { readonly kind: string }) => {
  if (message.kind === 'configure') {
    process.send?.({ kind: 'ready' });
    process.send?.({ kind: 'spool-folder', path: '/etc', device: 1, inode: 2 });
    process.send?.({ kind: 'stuck', app: 'site', worker: 'w1' });
  }
});
process.on('disconnect', () => process.exit(0));
