// Builds elements. No markup is ever read from text: what a stranger wrote stays text.

/**
 * An element.
 * @param {string} tag Its name.
 * @param {Record<string, unknown>} [props] Attributes; `on` is an object of listeners; false, null and undefined are left out, true is an empty attribute.
 * @param {...unknown} children Nodes, texts, and lists of them; false, null and undefined are left out.
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  const { on = {}, ...attributes } = props ?? {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...children.flat(Infinity).filter((child) => child !== false && child !== null && child !== undefined).map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

/** A stranger's words, kept apart from the direction of the words around them. */
export const words = (text) => h("bdi", {}, text);

/** A host, an address or a code: always from the left to the right. */
export const host = (text) => h("bdi", { dir: "ltr", class: "host" }, text);

/** A button that does something; while it does, it can't be pressed again. */
export function button(label, act, { kind, ...props } = {}) {
  const element = h("button", { type: "button", class: kind, ...props }, label);
  element.addEventListener("click", async () => {
    if (element.getAttribute("aria-disabled") === "true") return;
    element.setAttribute("aria-disabled", "true"); // not `disabled`: the focus stays where it is
    try {
      await act(element);
    } finally {
      element.removeAttribute("aria-disabled");
    }
  });
  return element;
}

/** A line drawing beside a heading that says the same as its words. */
export function sign(kind) {
  const drawings = {
    done: ["M4 24a20 20 0 1 0 40 0a20 20 0 1 0-40 0", "m15 24.5 6.5 6.5L33.5 18"],
    stop: ["M4 24a20 20 0 1 0 40 0a20 20 0 1 0-40 0", "M24 14v12M24 33.5v.1"],
    time: ["M4 24a20 20 0 1 0 40 0a20 20 0 1 0-40 0", "M24 13v11l7 5"],
    none: ["M4 24a20 20 0 1 0 40 0a20 20 0 1 0-40 0", "M16 24h16"],
  };
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({
    class: "sign", viewBox: "0 0 48 48", width: 48, height: 48, fill: "none", stroke: "currentColor",
    "stroke-width": 2.5, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", focusable: "false",
  })) svg.setAttribute(name, value);
  for (const d of drawings[kind]) svg.appendChild(document.createElementNS(svg.namespaceURI, "path")).setAttribute("d", d);
  return svg;
}
