import type { Hooks, Progress, Verdict } from "../hooks/run/hooks.ts";
import type { EndReason, Presenter } from "./output/presenter.ts";

/** Quiet journeys are looked for this often. */
const SWEEP_MS = 100;

/** The hooks of a session that no event calls. */
export interface SessionHooks {
  /** `on start`; from then on `on tick`, and `on packet` for journeys that are quiet. */
  start(): void;
  /** The timers end, and nothing more is called but `finish`. */
  pause(): void;
  /** `on packet` for what is left, and `on stop`. */
  finish(): void;
}

export function sessionHooks(
  hooks: Hooks | undefined,
  progress: () => Progress,
  presenter: Presenter,
  end: (reason: EndReason) => void,
): SessionHooks {
  const timers: NodeJS.Timeout[] = [];
  const obey = ({ said, stop }: Verdict): void => {
    if (said.length > 0) presenter.said(said);
    if (stop) end("stop");
  };
  return {
    start() {
      if (!hooks) return;
      obey(hooks.start(progress()));
      for (const { hook, ms } of hooks.ticks) {
        timers.push(setInterval(() => obey(hooks.tick(hook, progress())), ms));
      }
      if (hooks.followsPackets) timers.push(setInterval(() => obey(hooks.sweep()), SWEEP_MS));
    },
    pause() {
      for (const timer of timers) clearInterval(timer);
    },
    finish() {
      if (hooks) obey(hooks.stop(progress()));
    },
  };
}
