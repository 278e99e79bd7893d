// Time as the app sees it: an instant plus the offset of its zone, ticking on by itself between two news.
import { locale, t } from "./words.js";

let clock = { epoch_s: Date.now() / 1000, utc_offset_s: 0 };
let heardAt = performance.now();

export function hear(news) {
  clock = news;
  heardAt = performance.now();
}

export const movable = () => Boolean(clock.movable);
export const movingTo = () => clock.moving_to;
export const now = () => clock.epoch_s + (movingTo() ? 0 : (performance.now() - heardAt) / 1000);

// A Date whose UTC fields read as the app's wall clock.
const wall = (epoch) => new Date((epoch + clock.utc_offset_s) * 1000);
const format = (epoch, options) => new Intl.DateTimeFormat(locale(), { timeZone: "UTC", ...options }).format(wall(epoch));

export const clockTime = (epoch) => format(epoch, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const dayKey = (epoch) => wall(epoch).toISOString().slice(0, 10);
export const dayName = (epoch) => format(epoch, { weekday: "long", day: "numeric", month: "long" });
export const shortDay = (epoch) => format(epoch, { weekday: "short", day: "numeric", month: "short" });
export const dayLabel = (epoch) => (dayKey(epoch) === dayKey(now()) ? t("today") : dayName(epoch));

function offsetText() {
  const minutes = Math.round(clock.utc_offset_s / 60);
  const pair = (value) => String(value).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${pair(Math.floor(Math.abs(minutes) / 60))}:${pair(Math.abs(minutes) % 60)}`;
}

export const instant = (wallText) => wallText + offsetText();
export const wallText = (epoch) => wall(epoch).toISOString().slice(0, 16);
export const after = (seconds) => instant(wall(now() + seconds).toISOString().slice(0, 19));

// The next time the wall clock shows hh:mm, today at the earliest or tomorrow.
export function next(hhmm, { tomorrow = false } = {}) {
  const today = `${dayKey(now())}T${hhmm}:00`;
  const passed = today <= wall(now()).toISOString().slice(0, 19);
  return instant(tomorrow || passed ? `${dayKey(now() + 86400)}T${hhmm}:00` : today);
}
