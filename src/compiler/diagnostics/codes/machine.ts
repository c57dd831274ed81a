import type { Page } from "../codes.ts";

export const machine = {
} as const satisfies Record<string, Page>;
