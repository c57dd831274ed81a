/** What is needed of the WebAssembly API, whose types come only with those of a browser. */
declare global {
  namespace WebAssembly {
    /** Sizes are in pages of 64 KiB. */
    class Memory {
      constructor(descriptor: { readonly initial: number; readonly maximum: number });
      readonly buffer: ArrayBuffer;
    }
    // biome-ignore lint/complexity/noStaticOnlyClass: it is the standard's
    class Module {
      static customSections(module: Module, name: string): ArrayBuffer[];
    }
    function compile(bytes: Uint8Array): Promise<Module>;
  }
}

export type {};
