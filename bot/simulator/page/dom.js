// Elements without innerHTML: whatever a bot or a person writes stays text.
const ICONS = {
  more: "M12 5.5v.01M12 12v.01M12 18.500v.01",
  attach: "M20.500 11.500 12.700 19.300a4.700 4.700 0 0 1-6.700-6.700l8-8a3.200 3.200 0 0 1 4.500 4.500l-8 8a1.600 1.600 0 0 1-2.300-2.300l7.200-7.200",
  send: "M4.500 12 3.500 4.500 21 12 3.500 19.500l1-7.500Zm0 0H12",
  menu: "M4 7h16M4 12h16M4 17h16",
  keyboard: "M4.500 6.500h15a1.500 1.500 0 0 1 1.500 1.500v8a1.500 1.500 0 0 1-1.500 1.500h-15A1.500 1.500 0 0 1 3 16V8a1.500 1.500 0 0 1 1.500-1.500ZM7 10h.01M10.300 10h.01M13.700 10h.01M17 10h.01M8 14h8",
  down: "m6 9 6 6 6-6",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.500 2",
  bell: "M6 16.500V11a6 6 0 1 1 12 0v5.500l1.500 1.500h-15L6 16.500ZM10 20.500a2.200 2.200 0 0 0 4 0",
  read: "m2.500 12.500 4 4 8-9M11 15.500l1 1 8.500-9",
  link: "M8 16 16.500 7.500M9.500 7h7.500v7.500",
  copy: "M9 9h10v10H9zM5 15V5h10",
  photo: "M4 6.500h16v12H4zM4 15.500l4.500-4.500 4 4 2.500-2.500 5 5M15.500 10h.01",
  sample: "M4 8h3.500L9 5.500h6L16.500 8H20v11H4zM12 16.200a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  file: "M7 3.500h7l4.500 4.500v12.500H7zM14 3.500V8h4.500",
  location: "M12 21s7-6.200 7-11.500a7 7 0 1 0-14 0C5 14.800 12 21 12 21ZM12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z",
  contact: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.500 20c.6-3.800 3.700-5.800 7.500-5.800s6.900 2 7.500 5.800",
  voice: "M12 15a3.500 3.500 0 0 0 3.500-3.500v-5a3.500 3.500 0 0 0-7 0v5A3.500 3.500 0 0 0 12 15ZM5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3",
  play: "M8 5.500v13l11-6.500z",
  pause: "M8 5.500v13M16 5.500v13",
  block: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM5.700 5.700l12.600 12.600",
  close: "M6 6l12 12M18 6 6 18",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  if (name === "more") path.setAttribute("stroke-width", "3.200");
  if (name === "play") path.setAttribute("fill", "currentColor");
  svg.append(path);
  return svg;
}

// make("button", { class: "x", onclick: f, "aria-label": "y" }, child, "text", …)
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  if (tag === "button") element.type = "button";
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const find = (id) => document.getElementById(id);

const FACES = ["#e17076", "#6aa84f", "#a287d9", "#4b9fd8", "#e0902f", "#3aa9a1", "#d0699f"];

export function face(person, index) {
  const letters = [...person.name.trim()];
  const words = person.name.trim().split(/\s+/);
  const initials = /[\u2e80-\u9fff]/.test(letters[0]) ? letters.slice(-2).join("") : words.slice(0, 2).map((word) => [...word][0]).join("");
  return make("span", { class: "face", style: `background:${FACES[index % FACES.length]}`, "aria-hidden": "true" }, initials);
}
