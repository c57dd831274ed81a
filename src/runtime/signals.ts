const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * The first signal asks for a clean end. The second is obeyed at once, as if pwq had never caught any: the kernel
 * detaches what a process leaves behind. Returns what undoes it.
 */
export function onSignals(end: () => void): () => void {
  let asked = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (asked) {
      release();
      process.kill(process.pid, signal);
      return;
    }
    asked = true;
    end();
  };
  const release = (): void => {
    for (const signal of SIGNALS) process.off(signal, handle);
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return release;
}
