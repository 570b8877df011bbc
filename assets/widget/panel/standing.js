// How things stand, in words: who is here, the place in the queue and how long it may take, when the house opens.

import { byId } from "./dom.js";
import { formatDate, setText, t } from "./texts.js";

const MINUTE = 60;

/**
 * @param {string} stage
 * @param {{online: number, taking: boolean, open: boolean, opens_at?: string}} here
 * @param {object | undefined} state the last state frame
 */
export function drawStanding(stage, here, state) {
  setText(byId("presence"), ...(words[stage] ?? (() => ["presence-ended"]))(here, state ?? {}));
  const waits = stage === "waiting" && state?.channel !== "message";
  byId("queue").hidden = !waits;
  const seconds = here.online ? state?.wait_seconds : undefined;
  const wait = seconds === undefined ? "" : seconds < MINUTE ? "presence-wait-short" : "presence-wait";
  setText(byId("wait"), waits && wait, { n: Math.ceil(seconds / MINUTE) });
  byId("wait").hidden = !wait;
  byId("instead").hidden = !state?.may_leave_message;
}

const absent = ({ open, opens_at }) => {
  if (open) return ["presence-nobody"];
  if (!opens_at) return ["presence-hours"];
  const at = new Date(opens_at);
  // Who opens within the week says the day, who opens later the date as well. The time is the visitor's own, and says so.
  const isFar = at - Date.now() > 6 * 24 * 60 * MINUTE * 1000;
  const day = isFar ? { day: "numeric", month: "long" } : { weekday: "long" };
  return ["presence-opens", { time: () => formatDate(at, { ...day, hour: "numeric", minute: "2-digit", timeZoneName: "short" }) }];
};

const words = {
  before: (here) => (!here.taking ? ["presence-declining"] : here.open && here.online ? ["presence-online"] : absent(here)),
  waiting: (here, { place, channel }) => {
    if (channel === "message") return ["presence-left"];
    if (!here.open || !here.online) return absent(here);
    if (!place) return ["presence-waiting"];
    return place === 1 ? ["presence-next"] : ["presence-place", { n: place }];
  },
  active: (_, { operator, operator_online: online }) => {
    const name = operator ?? t("somebody");
    return [online === false ? "presence-away" : "presence-here", { name }];
  },
  gone: () => ["presence-deleted"],
};
