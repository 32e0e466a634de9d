// Elements made by hand. Text goes in as text only: a dossier may come from a stranger.

/**
 * An element with its attributes and children.
 * `on…` attributes are listeners; true and false set or leave out an attribute; null leaves it out.
 */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) set(node, key, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

function set(node, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else if (key.startsWith("--")) node.style.setProperty(key, value);
  else node.setAttribute(key, value === true ? "" : String(value));
}

/** The element of an id; its absence is our fault. */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`The page has no element ${id}.`);
  return node;
}

/** Show or hide an element. */
export function show(node, visible) {
  node.hidden = !visible;
}

/** Settles when what has been changed is on the screen; at once where nobody sees the page. */
export function painted() {
  if (document.hidden) return Promise.resolve();
  return new Promise((tell) => requestAnimationFrame(() => setTimeout(tell)));
}

/** Run `action` once no call has come for `wait` milliseconds. */
export function settled(action, wait) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...given), wait);
  };
}

/** On paper everything stands open. */
export function printsWhole() {
  const shut = () => [...document.querySelectorAll("main details:not([open])")];
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = shut();
    for (const one of opened) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
}
