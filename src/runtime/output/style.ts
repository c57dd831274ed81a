import kleur from "kleur";

/** What is coloured, and how: few things, so that a drop is seen at once. */
const STYLES = {
  heading: () => kleur.bold,
  drop: () => kleur.red().bold,
  end: () => kleur.dim,
  packet: () => kleur.cyan,
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
    return { heading: pair("heading"), drop: pair("drop"), end: pair("end"), packet: pair("packet") };
  } finally {
    kleur.enabled = guess;
  }
}
