import type { Page } from "../codes.ts";

export const internal = {
} as const satisfies Record<string, Page>;
