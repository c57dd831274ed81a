import kleur from "kleur";

/** What is coloured, and how: few things, so that a drop is seen at once. */
const STYLES = {
  heading: () => kleur.bold,
  drop: () => kleur.red().bold,
  end: () => kleur.dim,
  packet: () => kleur.cyan,
  info: () => kleur.bold,
  warning: () => kleur.yellow().bold,
  error: () => kleur.red().bold,
} as const satisfies Record<string, () => (text: string) => string>;

export type Style = keyof typeof STYLES;

/** The escape sequences before and after a styled text; made once, because a call for every cell would cost more than the cell. */
export type Styles = Readonly<Record<Style, readonly [open: string, close: string]>>;

export function styles(color: boolean): Styles {
  const guess = kleur.enabled;
  kleur.enabled = color;
  try {
    const pair = (style: Style): readonly [string, string] => {
      const [open = "", close = ""] = STYLES[style]()("|").split("|");
      return [open, close];
    };
    const names = Object.keys(STYLES) as Style[];
    return Object.fromEntries(names.map((name) => [name, pair(name)])) as Styles;
  } finally {
    kleur.enabled = guess;
  }
}
