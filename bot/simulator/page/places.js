// Handy places: coordinates in the links and locations of a chat, newest first.
const PAIRS = [
  { pattern: /[?&](?:q|query|ll|sll|destination|daddr|center|mlat_mlon|saddr)=(?:loc:)?(-?\d+\.\d+)(?:,|%2C)\s*(-?\d+\.\d+)/i, order: "lat" },
  { pattern: /@(-?\d+\.\d+),(-?\d+\.\d+)/, order: "lat" },
  { pattern: /[?&](?:to|position|dest|location)=(-?\d+\.\d+)(?:,|%2C)(-?\d+\.\d+)/i, order: "lng" },
  { pattern: /[?&]mlat=(-?\d+\.\d+)&mlon=(-?\d+\.\d+)/i, order: "lat" },
  { pattern: /[#&]map=\d+\/(-?\d+\.\d+)\/(-?\d+\.\d+)/, order: "lat" },
];
const SEMI_MAJOR_M = 6378245;
const ECCENTRICITY = 0.00669342162296594;

export function placesIn(messages) {
  const found = [];
  for (const message of [...messages].reverse()) {
    const title = message.text.split("\n")[0].slice(0, 48);
    if (message.media?.kind === "location") found.push({ name: title || null, latitude: message.media.latitude, longitude: message.media.longitude });
    const links = [
      ...message.buttons.flat().filter((button) => button.url).map((button) => ({ url: button.url, name: title })),
      ...message.entities.filter((entity) => entity.type === "text_link").map((entity) => ({ url: entity.url, name: lineAround(message.text, entity.offset) })),
      ...message.entities.filter((entity) => entity.type === "url").map((entity) => ({ url: message.text.slice(entity.offset, entity.offset + entity.length), name: title })),
    ];
    for (const link of links) {
      const place = coordinates(link.url);
      if (place) found.push({ ...place, name: link.name });
    }
  }
  const seen = new Set();
  return found.filter((place) => {
    const key = `${place.latitude.toFixed(4)},${place.longitude.toFixed(4)}`;
    return !seen.has(key) && seen.add(key);
  }).slice(0, 6);
}

function lineAround(text, offset) {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(start, end < 0 ? undefined : end).slice(0, 48);
}

export function coordinates(url) {
  for (const { pattern, order } of PAIRS) {
    const pair = pattern.exec(url);
    if (!pair) continue;
    const [one, two] = [Number(pair[1]), Number(pair[2])];
    let [latitude, longitude] = order === "lat" ? [one, two] : [two, one];
    // Two numbers of which one cannot be a latitude were given the other way round.
    if (Math.abs(latitude) > 90) [latitude, longitude] = [longitude, latitude];
    if (/amap\.com|gaode|map\.qq\.com/i.test(url) && !/wgs84/i.test(url)) return fromChineseGrid(latitude, longitude);
    return { latitude, longitude };
  }
  return null;
}

// Chinese map apps shift coordinates (GCJ-02) by some hundred metres; a phone's sensor reports the true ones.
function fromChineseGrid(latitude, longitude) {
  const x = longitude - 105, y = latitude - 35, pi = Math.PI, root = Math.sqrt(Math.abs(x));
  const waves = (20 * Math.sin(6 * x * pi) + 20 * Math.sin(2 * x * pi)) * 2 / 3;
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    + (20 * Math.sin(y * pi) + 40 * Math.sin(y / 3 * pi)) * 2 / 3 + (160 * Math.sin(y / 12 * pi) + 320 * Math.sin(y * pi / 30)) * 2 / 3;
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    + (20 * Math.sin(x * pi) + 40 * Math.sin(x / 3 * pi)) * 2 / 3 + (150 * Math.sin(x / 12 * pi) + 300 * Math.sin(x / 30 * pi)) * 2 / 3;
  const radians = latitude / 180 * pi;
  const magic = 1 - ECCENTRICITY * Math.sin(radians) ** 2;
  return {
    latitude: latitude - north * 180 / (SEMI_MAJOR_M * (1 - ECCENTRICITY) / (magic * Math.sqrt(magic)) * pi),
    longitude: longitude - east * 180 / (SEMI_MAJOR_M / Math.sqrt(magic) * Math.cos(radians) * pi),
  };
}

const METRES_PER_DEGREE = 111320;

// The place that many metres to the north-east.
export function away(place, metres) {
  const leg = metres / Math.SQRT2 / METRES_PER_DEGREE;
  return { latitude: place.latitude + leg, longitude: place.longitude + leg / Math.cos(place.latitude * Math.PI / 180) };
}
