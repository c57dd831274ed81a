import type { Page } from "../codes.ts";

export const later = {
} as const satisfies Record<string, Page>;
