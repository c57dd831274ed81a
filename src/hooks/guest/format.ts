/** The helper `format`: numbers as people read them. Becomes text in the sandbox, so it imports nothing. */
export function formatTools() {
  const scaled = (value: number, units: readonly string[], factor: number, digits: number): string => {
    let size = value;
    let unit = 0;
    while (Math.abs(size) >= factor && unit < units.length - 1) {
      size /= factor;
      unit++;
    }
    return unit === 0 ? `${value}${units[0]}` : `${size.toFixed(digits)}${units[unit]}`;
  };
  return Object.freeze({
    duration: (nanoseconds: number): string => scaled(nanoseconds, ["ns", "us", "ms", "s"], 1000, 3),
    bytes: (count: number): string => scaled(count, [" B", " KiB", " MiB", " GiB", " TiB"], 1024, 1),
    count: (number: number): string => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ","),
    hex: (number: number): string => `${number < 0 ? "-" : ""}0x${Math.abs(number).toString(16)}`,
    percent: (fraction: number): string => `${(fraction * 100).toFixed(1)} %`,
  });
}
