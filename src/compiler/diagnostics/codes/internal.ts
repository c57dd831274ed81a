import type { Page } from "../codes.ts";

/** 90xx: our own faults. Exit status 1; the user has done nothing wrong. */
export const internal = {
  PWQ9001: {
    title: "the kernel refused a program that pwq made",
    text: "The kernel's verifier did not accept the generated code. That is a fault of pwq, whatever the query is. What the verifier said is shown, with the part of the query that the instruction was made for; please report both, with `uname -r`.",
  },
  PWQ9002: {
    title: "an internal error",
    text: "pwq found itself in a state that should not exist. Please report what is shown, together with the query and `uname -r`.",
  },
} as const satisfies Record<string, Page>;
