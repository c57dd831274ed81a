/** The 512 bytes of a BPF program's stack are used up; becomes PWQ1265 where the query is known. */
export class StackExhausted extends Error {
  constructor() {
    super("BPF stack exhausted");
    this.name = "StackExhausted";
  }
}
