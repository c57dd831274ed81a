import { CLASSES, OF_CLASS, type ProgramPoints, type ProgramTest, TESTS } from "../plan/programs.ts";

/**
 * Conditions on the names of BPF programs, which are not known yet: a program's name is tested when it is met, and it then
 * gets a point number that tells how each test came out. Collected while the queries are lowered.
 */
export class ProgramNames {
  readonly #points: readonly ProgramPoints[];
  readonly #numbers = new Map<string, number>();
  readonly #tests: ProgramTest[] = [];

  constructor(points: readonly ProgramPoints[]) {
    this.#points = points;
  }

  /** In the order of their bits in the number of a class. */
  get tests(): readonly ProgramTest[] {
    return this.#tests;
  }

  /**
   * Ranges of the point numbers of programs for whose names the test comes out as wanted. `key`: the same for the same
   * test. Undefined: there are too many tests.
   */
  where(key: string, test: ProgramTest, wanted: boolean): readonly (readonly [number, number])[] | undefined {
    if (this.#points.length === 0) return [];
    const bit = this.#numbers.get(key) ?? this.#tests.length;
    if (bit >= TESTS) return undefined;
    this.#numbers.set(key, bit);
    this.#tests[bit] = test;
    const classes = Array.from({ length: CLASSES }, (_, i) => i).filter(
      (i) => (i >> bit) % 2 === Number(wanted),
    );
    return this.#points.flatMap(({ first }) =>
      classes.map((i) => [first + i * OF_CLASS, first + (i + 1) * OF_CLASS - 1] as const),
    );
  }
}
