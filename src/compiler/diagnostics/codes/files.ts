import type { Page } from "../codes.ts";

export const files = {
} as const satisfies Record<string, Page>;
