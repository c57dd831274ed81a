import type { Hooks } from "../hooks/run/hooks.ts";
import type { Room } from "../hooks/run/rows.ts";
import type { Presenter } from "./output/presenter.ts";

/** What the stage needs of the intake. Places are those of the batch in use. */
export interface Shown {
  readonly presenter: Presenter;
  readonly show: (at: number) => void;
  /** After an event, if it was shown. */
  readonly checkLimits: (at: number) => void;
  readonly isOpen: () => boolean;
  readonly stop: () => void;
}

/**
 * Between what would be shown and what is: hooks see events first, leave some out, and print between them. They see no
 * event behind the one with which the trace ends; `room` says how many that may be.
 */
export function hookStage(
  hooks: Hooks,
  { presenter, show, checkLimits, isOpen, stop }: Shown,
): (places: readonly number[], room: Room) => void {
  return (places, room) => {
    const { dropped, said, stopAfter } = hooks.events(places, room);
    let next = 0;
    for (let index = 0; index < places.length && isOpen(); index++) {
      const at = places[index]!;
      const isShown = !dropped.has(index);
      if (isShown) show(at);
      const from = next;
      while (said[next]?.[0] === index) next++;
      if (next > from) presenter.said(said.slice(from, next).map(([, one]) => one));
      if (isShown) checkLimits(at);
      if (index === stopAfter) stop();
    }
  };
}
