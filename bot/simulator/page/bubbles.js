// One message as a bubble with what hangs below it.
import { find, icon, make } from "./dom.js";
import { richText } from "./rich-text.js";
import { clockTime } from "./time.js";
import { t } from "./words.js";

export function bubble(message, actions) {
  const media = message.media ? carried(message.media) : null;
  const body = make("div", { class: "bubble" });
  if (message.forwarded_from) body.append(make("span", { class: "forwarded" }, t("forwarded", { name: message.forwarded_from })));
  if (message.reply_to) body.append(make("span", { class: "quote" }, message.reply_to.text));
  if (media) body.append(media);
  const text = make("div", { class: "text" });
  if (message.text) text.append(...richText(message.text, message.entities, actions));
  else if (["photo", "location"].includes(message.media?.kind)) body.classList.add("only-picture");
  else if (message.media) body.classList.add("only-file");
  text.append(meta(message));
  body.append(text);
  const row = make("article", {
    class: `row${message.from_bot ? "" : " own"}${message.buttons.length ? " with-buttons" : ""}`,
    "aria-label": message.from_bot ? find("bot-name").textContent : t("you"),
    "data-message": message.message_id,
  }, body);
  if (message.buttons.length) row.append(inlineKeyboard(message, actions));
  return row;
}

function meta(message) {
  const line = make("span", { class: "meta" });
  if (message.edited) line.append(make("span", {}, t("edited")));
  if (message.rings) line.append(make("span", { class: "bell", role: "img", "aria-label": t("rings"), title: t("rings") }, icon("bell")));
  line.append(make("time", {}, clockTime(message.date)));
  if (!message.from_bot) line.append(icon("read"));
  return line;
}

function inlineKeyboard(message, actions) {
  const rows = message.buttons.map((row, rowIndex) => make("div", { class: "inline-row" }, ...row.map((button, column) => {
    const element = make("button", { onclick: () => actions.onButton(message, button, rowIndex, column, element) }, button.text);
    if (button.url || button.web_app) element.append(make("span", { class: "corner" }, icon("link")));
    if (button.copy_text) element.append(make("span", { class: "corner" }, icon("copy")));
    return element;
  })));
  return make("div", { class: "inline", role: "group" }, ...rows);
}

function carried(media) {
  switch (media.kind) {
    case "photo": return picture(media);
    case "document": return /^image\/(png|jpeg|gif|webp)$/.test(media.mime_type) ? make("div", {}, picture(media), documentRow(media)) : documentRow(media);
    case "voice": return voice(media);
    case "location": return map(media);
    default: return card(media);
  }
}

function picture(media) {
  const ratio = media.width ? `aspect-ratio:${media.width}/${media.height}` : null;
  const image = make("img", { src: media.url, alt: t("photo"), style: ratio, loading: "lazy" });
  return make("a", { class: "picture", href: media.url, target: "_blank", rel: "noopener" }, image);
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function documentRow(media) {
  return make("a", { class: "file", href: media.url, download: media.file_name, "aria-label": `${t("download")} ${media.file_name}` },
    make("span", { class: "disc" }, icon("file")),
    make("span", {}, make("b", {}, media.file_name), make("small", {}, size(media.file_size))));
}

function voice(media) {
  const sound = new Audio(media.url);
  sound.preload = "none";
  const disc = make("button", { class: "disc", "aria-label": t("play"), onclick: () => (sound.paused ? sound.play() : sound.pause()) }, icon("play"));
  sound.onplay = () => disc.replaceChildren(icon("pause"));
  sound.onpause = () => disc.replaceChildren(icon("play"));
  const heights = Array.from({ length: 26 }, (_, index) => 5 + Math.abs(Math.sin(index * 1.7) * 13 + Math.cos(index * 0.6) * 7));
  return make("div", { class: "file voice" }, disc,
    make("span", {},
      make("span", { class: "bars", "aria-hidden": "true" }, ...heights.map((height) => make("i", { style: `height:${height.toFixed(0)}px` }))),
      make("small", {}, `0:${String(media.duration).padStart(2, "0")}`)));
}

function map(media) {
  const where = `${media.latitude.toFixed(5)}, ${media.longitude.toFixed(5)}`;
  const figure = make("figure", { class: "map", role: "img", "aria-label": `${t("location")} ${where}` });
  // A drawn map: streets laid out by the coordinates, so that two places look different. No tiles, no network.
  const seed = Math.abs(media.latitude * 7919 + media.longitude * 104729) % 1;
  const tilt = 8 + seed * 26;
  figure.append(svg("0 0 320 128", [
    ["rect", { width: 320, height: 128, fill: "#e6ede2" }],
    ["rect", { x: 206 - seed * 60, y: 12, width: 92, height: 54, rx: 8, fill: "#cfe6c4" }],
    ["path", { d: `M-20 ${104 - seed * 30} C 90 ${70 + seed * 40}, 200 ${120 - seed * 20}, 340 ${84 + seed * 30} V 150 H -20 Z`, fill: "#c5dff0" }],
    ...[0, 1, 2, 3, 4].map((line) => ["path", { d: `M-10 ${line * 34 - 10 + tilt} L 330 ${line * 34 - tilt}`, stroke: "#fff", "stroke-width": line % 2 ? 9 : 4 }]),
    ...[0, 1, 2, 3, 4, 5].map((line) => ["path", { d: `M${line * 62 + tilt} -10 L ${line * 62 - tilt} 140`, stroke: "#fff", "stroke-width": line % 3 ? 4 : 9 }]),
  ]), Object.assign(svg("0 0 320 128", [
    ["ellipse", { cx: 160, cy: 76, rx: 11, ry: 4, fill: "rgba(0,0,0,.22)" }],
    ["path", { d: "M160 76 C 146 58, 142 51, 142 42 a18 18 0 1 1 36 0 C 178 51, 174 58, 160 76 Z", fill: "#e0443e" }],
    ["circle", { cx: 160, cy: 42, r: 7, fill: "#fff" }],
  ]), { style: "position:absolute;inset:0" }));
  figure.lastChild.setAttribute("class", "pin-layer");
  figure.append(make("figcaption", {}, media.live_period ? `${where} · ${t("live")}` : where));
  return figure;
}

function svg(box, shapes) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", box);
  drawing.setAttribute("preserveAspectRatio", "xMidYMid slice");
  drawing.setAttribute("aria-hidden", "true");
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    drawing.append(shape);
  }
  return drawing;
}

function card(media) {
  const name = [media.first_name, media.last_name].filter(Boolean).join(" ");
  return make("div", { class: "file" }, make("span", { class: "disc" }, icon("contact")),
    make("span", {}, make("b", {}, name), make("small", {}, media.phone_number)));
}
