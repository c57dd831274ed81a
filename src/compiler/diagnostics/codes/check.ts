import type { Page } from "../codes.ts";

export const check = {
} as const satisfies Record<string, Page>;
