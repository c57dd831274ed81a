import type { Page } from "../codes.ts";

export const plan = {
} as const satisfies Record<string, Page>;
