const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * The first signal asks for a clean end, and from then on none is caught: the second ends the process at once, also while
 * this thread waits for the kernel to detach. The kernel detaches what a process leaves behind. Returns what undoes it.
 */
export function onSignals(end: () => void): () => void {
  const handle = (): void => {
    release();
    end();
  };
  const release = (): void => {
    for (const signal of SIGNALS) process.off(signal, handle);
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return release;
}
