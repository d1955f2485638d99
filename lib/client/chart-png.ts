// A picture of a chart as it stands on the page: its drawings with the colours that they have there, under its title, on the
// background of its panel. The browser paints it; nothing is sent anywhere.
export type Caption = { title: string; hint: string; legend: readonly { label: string; colour: string }[] };

const SCALE = 2;
const PADDING = 14;
const HEAD = 44;
const XML = "http://www.w3.org/2000/svg";
/** What the page's style sheets say of a drawing, and a picture on its own would not know. */
const STYLES = [
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin"],
  ...["opacity", "font-size", "font-family", "font-weight", "text-anchor"],
];

/** A copy that needs no style sheet. */
function standalone(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll<SVGElement>("*")];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  originals.forEach((original, index) => {
    const styles = getComputedStyle(original);
    const target = copies[index];
    for (const name of STYLES) target?.setAttribute(name, styles.getPropertyValue(name));
    target?.removeAttribute("class");
    target?.removeAttribute("style");
  });
  return copy;
}

/** @param colour a literal, or a variable of the page's tokens: `var(--gb-p50)` */
function resolved(colour: string, element: Element): string {
  const name = /^var\((--[\w-]+)\)$/.exec(colour)?.[1];
  return name ? getComputedStyle(element).getPropertyValue(name).trim() : colour;
}

function textOf(text: string, x: number, y: number, attributes: Record<string, string>): SVGTextElement {
  const element = document.createElementNS(XML, "text");
  element.textContent = text;
  for (const [name, value] of Object.entries({ x: String(x), y: String(y), ...attributes }))
    element.setAttribute(name, value);
  return element;
}

function rect(width: number, height: number, fill: string, place = { x: 0, y: 0 }): SVGRectElement {
  const element = document.createElementNS(XML, "rect");
  for (const [name, value] of Object.entries({ ...place, width, height, fill }))
    element.setAttribute(name, String(value));
  return element;
}

/** The whole picture as SVG. `box` holds one or more drawings that lie above each other. */
function compose(box: HTMLElement, { title, hint, legend }: Caption): SVGSVGElement {
  const drawings = [...box.querySelectorAll("svg")].filter((svg) => svg.clientHeight > 40);
  const width = Math.max(...drawings.map((svg) => svg.clientWidth)) + 2 * PADDING;
  const height = Math.max(...drawings.map((svg) => svg.clientHeight)) + HEAD + 2 * PADDING;
  const whole = document.createElementNS(XML, "svg");
  for (const [name, value] of Object.entries({ xmlns: XML, width, height })) whole.setAttribute(name, String(value));
  const font = { "font-family": getComputedStyle(box).fontFamily, "font-size": "13" };
  const ink = resolved("var(--gb-ink)", box);
  const mute = resolved("var(--gb-mute)", box);
  whole.append(rect(width, height, resolved("var(--gb-panel)", box)));
  whole.append(textOf(title, PADDING, PADDING + 12, { ...font, fill: ink, "font-weight": "600" }));
  whole.append(textOf(hint, PADDING, PADDING + 30, { ...font, fill: mute, "font-size": "11" }));
  let right = width - PADDING;
  for (const { label, colour } of legend.toReversed()) {
    whole.append(textOf(label, right, PADDING + 12, { ...font, fill: mute, "font-size": "11", "text-anchor": "end" }));
    // Latin letters are half as wide as high, the others as wide.
    right -= [...label].reduce((sum, letter) => sum + (letter < "\u2e80" ? 6.5 : 11.5), 0) + 16;
    whole.append(rect(10, 3, resolved(colour, box), { x: right, y: PADDING + 7 }));
    right -= 12;
  }
  for (const svg of drawings) {
    const copy = standalone(svg);
    copy.setAttribute("x", String(PADDING));
    copy.setAttribute("y", String(PADDING + HEAD));
    whole.append(copy);
  }
  return whole;
}

/** @throws {Error} when the browser cannot paint it */
export async function chartPng(box: HTMLElement, caption: Caption): Promise<Blob> {
  const svg = compose(box, caption);
  const image = new Image();
  // A data address, since the pages' policy takes pictures from nowhere else.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Number(svg.getAttribute("width")) * SCALE;
  canvas.height = Number(svg.getAttribute("height")) * SCALE;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser has no canvas to paint on");
  context.scale(SCALE, SCALE);
  context.drawImage(image, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("The browser could not paint the picture");
  return blob;
}
