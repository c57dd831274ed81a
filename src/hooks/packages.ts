import { createRequire } from "node:module";
import type * as Transformer from "@swc/wasm-typescript";
import type * as Acorn from "acorn";
import type * as Quickjs from "quickjs-emscripten-core";

/**
 * The packages that only hooks need, loaded when the first hook is met: a query without hooks pays nothing for them at
 * its start. They are required, not imported, because the program is one bundle that must not carry them.
 */
const require = createRequire(import.meta.url);

export const acorn = (): typeof Acorn => require("acorn");
export const transformer = (): typeof Transformer => require("@swc/wasm-typescript");
export const quickjs = (): typeof Quickjs => require("quickjs-emscripten-core");

/** QuickJS itself (Fabrice Bellard's, release build) as WebAssembly. */
export const quickjsVariant = (): Quickjs.QuickJSSyncVariant =>
  require("@jitl/quickjs-wasmfile-release-sync").default;
