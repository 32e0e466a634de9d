// Rungs, endings and forms in words, as `interbellum.briefing.context` heads its rows with them.

const RUNGS = {
  any_truce_announced: "Any truce announced",
  sectoral_truce_kept: "Sectoral truce, kept",
  general_truce_30_days_intended: "General truce meant for 30 days or more",
  general_truce_30_days_kept: "General truce kept for 30 days",
  general_truce_year_kept: "General truce kept for a year",
  freeze: "Freeze: quiet front, nothing signed",
  settlement_signed: "Settlement signed",
  victory_A: "Victory of {A}",
  victory_B: "Victory of {B}",
  war_goes_on: "War goes on",
};
const ENDINGS = {
  victory_A: "Victory of {A}",
  victory_B: "Victory of {B}",
  freeze: "Frozen, nothing signed",
  ceasefire_in_force: "Ceasefire in force",
  settlement_in_force: "Settlement in force",
  war: "War",
};
const FORMS = {
  ceasefire: "Ceasefire",
  settlement: "Settlement",
  freeze: "Freeze, nothing signed",
};

/** A rung as the head of a row. */
export function rung(id, result) {
  return withSides(RUNGS[id] ?? id, result);
}

/** An ending as the head of a row. */
export function ending(id, result) {
  return withSides(ENDINGS[id] ?? id, result);
}

/** A form of silence. */
export function form(id) {
  return FORMS[id] ?? id;
}

export const ENDING_IDS = Object.keys(ENDINGS);

function withSides(text, result) {
  return result.sides.reduce((out, side) => out.replace(`{${side.side}}`, () => side.name), text);
}
