// What the palette finds: what can be done in the chat that has the attention, the open chats, the colleagues, the pages, the switches.

const paneActs = [
  ["accept", "Accept", "A"], ["decline", "Decline", ""], ["transfer", "Transfer", "T"], ["invite", "Invite a colleague", ""], ["join", "Join", ""],
  ["takeover", "Take over", ""], ["depart", "Leave", ""], ["close", "Close", "E"],
];

// desk: see Desk
export function paletteSources(desk) {
  return [() => ofPane(desk), () => ofRows(desk), () => ofPages(), () => ofSwitches(), () => ofColleagues(desk)];
}

function ofPane({ panes: { current }, acts }) {
  if (!current || current.state === "gone") return [];
  const group = `Chat with ${current.name}`;
  const items = [];
  if (!current.composer.hidden) items.push({ group, words: "Reply", hint: "R", run: () => current.write("reply") });
  if (current.state !== "closed") items.push({ group, words: "Write a note", hint: "N", run: () => current.write("note") });
  for (const [act, words, hint] of paneActs) if (current.may(act)) items.push({ group, words, hint, run: () => acts.run(act, current) });
  return items;
}

function ofRows({ queue, panes }) {
  return queue.rows().map((row) => ({
    group: "Chats",
    words: row.querySelector(".queue-name > bdi").textContent,
    hint: [row.closest("[data-group]").querySelector(".queue-title > span").textContent, row.querySelector(".queue-about").textContent.trim()].join(" · "),
    run: () => panes.open(row.dataset.conversation),
  }));
}

function ofPages() {
  return [...document.querySelectorAll(".rail a.rail-link")].map((link) => ({ group: "Pages", words: link.textContent.trim(), run: () => link.click() }));
}

function ofSwitches() {
  return [...document.querySelectorAll(".rail button[data-find]")].map((button) => ({
    group: "Settings", words: button.dataset.find, run: () => button.click(),
  }));
}

async function ofColleagues({ panes: { current }, handOver }) {
  if (!current || (!current.may("transfer") && !current.may("invite"))) return [];
  const part = await handOver.colleagues(current);
  const items = [];
  for (const hand of part?.querySelectorAll("input[data-name]") ?? []) {
    const { name, hint } = hand.dataset;
    const item = (words, run) => items.push({ group: "Colleagues", words, hint, run });
    const kind = hand.closest("[data-hands]").dataset.hands;
    if (current.may("transfer") && kind !== "guests") item(`Transfer to ${name}`, () => handOver.transfer(current, hand.value, ""));
    if (current.may("invite") && kind !== "departments") item(`Invite ${name}`, () => handOver.invite(current, hand.value));
  }
  return items;
}
