import type { Page } from "../codes.ts";

export const call = {
} as const satisfies Record<string, Page>;
