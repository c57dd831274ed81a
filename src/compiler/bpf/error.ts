/** The generated code is wrong in a way no query may cause: always a bug of the compiler. */
export class AssemblyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AssemblyError";
  }
}
