// Numbers as words, as `interbellum.briefing.words` says them; a browser test holds the two together.

const BANDS = [
  ["remote", 1, 5],
  ["very unlikely", 5, 20],
  ["unlikely", 20, 45],
  ["roughly even", 45, 55],
  ["likely", 55, 80],
  ["very likely", 80, 95],
  ["almost certain", 95, 99],
];
const MONTHS = [
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
];
const SPANS = { 365: "a year", 730: "2 years", 1096: "3 years", 1826: "5 years", 3652: "10 years" };

/** Hundredths, rounded half up as the briefing rounds. */
export function hundredths(p) {
  return Math.floor(100 * p + 0.5 + 1e-9);
}

/** A chance in whole per cent; never 0% or 100%. */
export function percent(p) {
  if (p < 0.01) return "<1%";
  if (p >= 0.99) return ">99%";
  return `${hundredths(p)}%`;
}

/** An interval of chances. */
export function interval(low, high) {
  const [left, right] = [percent(low), percent(high)];
  if (left === right) return left;
  const bare = /^[<>]/;
  return bare.test(left) || bare.test(right)
    ? `${left} to ${right}`
    : `${left.slice(0, -1)}-${right}`;
}

/** Words for a chance with their range (ICD 203). */
export function phrase(p) {
  if (p < 0.01) return "less than 1 in 100";
  if (p >= 0.99) return "more than 99 in 100";
  const [name, low, high] = BANDS.find(([, from, to]) => p >= from / 100 && p < to / 100);
  return `${name} [${low}-${high} in 100]`;
}

/** A move between two chances, in points. */
export function change(before, after) {
  const step = hundredths(after) - hundredths(before);
  if (step === 0) return "unchanged";
  return `${step > 0 ? "up" : "down"} ${Math.abs(step)}`;
}

/** A day in words; anything that is no date stays as it is. */
export function date(iso) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso ?? "");
  return parts ? `${Number(parts[3])} ${MONTHS[Number(parts[2]) - 1]} ${parts[1]}` : String(iso ?? "");
}

/** A length in the words of the field. */
export function span(days) {
  return SPANS[days] ?? `${days} days`;
}

/** A counted noun. */
export function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** How large a run is. */
export function size(run) {
  return `${run.draws.toLocaleString("en")} draws × ${run.paths.toLocaleString("en")} paths`;
}
