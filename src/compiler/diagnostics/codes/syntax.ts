import type { Page } from "../codes.ts";

export const syntax = {
} as const satisfies Record<string, Page>;
