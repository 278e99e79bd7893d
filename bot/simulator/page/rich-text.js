// Text and entities to elements. Offsets are UTF-16, which is how JavaScript counts.
import { make } from "./dom.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", expandable_blockquote: "blockquote" };
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

export function richText(text, entities, { onCommand, onLink }) {
  const ordered = [...entities].sort((one, two) => one.offset - two.offset || two.length - one.length);
  const [nodes] = build(text, ordered, 0, 0, text.length, { onCommand, onLink });
  return nodes;
}

function build(text, entities, index, from, to, actions) {
  const nodes = [];
  let position = from;
  while (index < entities.length && entities[index].offset < to) {
    const entity = entities[index];
    const start = Math.max(entity.offset, position);
    const end = Math.min(entity.offset + entity.length, to);
    if (start > position) nodes.push(text.slice(position, start).replace(BLOCKS.has(entity.type) ? /\n$/ : "", ""));
    const [inner, next] = build(text, entities, index + 1, start, end, actions);
    nodes.push(wrap(entity, inner, text.slice(start, end), actions));
    position = Math.max(position, end);
    // A block breaks the line by itself.
    if (BLOCKS.has(entity.type) && text[position] === "\n" && position < to) position += 1;
    index = next;
  }
  if (position < to) nodes.push(text.slice(position, to));
  return [nodes, index];
}

function wrap(entity, inner, plain, actions) {
  switch (entity.type) {
    case "text_link": return link(entity.url, inner, actions);
    case "url": return link(plain, inner, actions);
    case "bot_command": return make("button", { class: "link", onclick: () => actions.onCommand(plain) }, ...inner);
    case "spoiler": return make("span", { class: "spoiler", onclick: (event) => event.currentTarget.classList.add("open") }, ...inner);
    case "mention": return make("span", { class: "link" }, ...inner);
    default: return make(TAGS[entity.type] ?? "span", {}, ...inner);
  }
}

function link(url, inner, actions) {
  if (!/^(https?|tg):\/\//i.test(url)) return make("span", {}, ...inner);
  return make("a", {
    href: url, target: "_blank", rel: "noopener noreferrer",
    onclick: (event) => { if (actions.onLink(url)) event.preventDefault(); },
  }, ...inner);
}
