import { createRequire } from "node:module";
import type * as Transformer from "@swc/wasm-typescript";
import type * as Acorn from "acorn";
import type * as Quickjs from "quickjs-emscripten-core";

/**
 * The packages that only hooks need, loaded when the first hook is met: a query without hooks pays nothing for them at
 * its start. They are required, not imported, because the program is one bundle that must not carry them.
 */
let require: NodeJS.Require | undefined;

function load(name: string): unknown {
  require ??= createRequire(import.meta.url);
  return require(name);
}

/** The file of QuickJS's WebAssembly. */
export function quickjsBinary(): string {
  require ??= createRequire(import.meta.url);
  return require.resolve("@jitl/quickjs-wasmfile-release-sync/wasm");
}

export const acorn = () => load("acorn") as typeof Acorn;
export const transformer = () => load("@swc/wasm-typescript") as typeof Transformer;
export const quickjs = () => load("quickjs-emscripten-core") as typeof Quickjs;

/** QuickJS itself (Fabrice Bellard's, release build) as WebAssembly. */
export const quickjsVariant = (): Quickjs.QuickJSSyncVariant =>
  (load("@jitl/quickjs-wasmfile-release-sync") as { default: Quickjs.QuickJSSyncVariant }).default;
