/** The 512 bytes of a BPF program's stack are used up; becomes PWQ1265 where the query is known. */
export class StackExhausted extends Error {
  constructor() {
    super("BPF stack exhausted");
    this.name = "StackExhausted";
  }
}

/** A pattern that no table of bearable size can hold; becomes PWQ1263 where the query is known. */
export class PatternProblem extends Error {
  readonly pattern: string;
  constructor(pattern: string, problem: string) {
    super(problem);
    this.name = "PatternProblem";
    this.pattern = pattern;
  }
}

/** A filter that is too long to be one function; becomes PWQ1266 where the query is known. */
export class FilterTooLong extends Error {
  readonly text: string;
  constructor(text: string) {
    super("filter too long");
    this.name = "FilterTooLong";
    this.text = text;
  }
}

/** One event would be larger than a record may be; becomes PWQ1264 where the query is known. */
export class RecordTooLarge extends Error {
  readonly size: number;
  readonly largest: number;
  constructor(size: number, largest: number) {
    super(`${size} bytes an event`);
    this.name = "RecordTooLarge";
    this.size = size;
    this.largest = largest;
  }
}
