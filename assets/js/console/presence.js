// Tells the server that a person is at the keyboard, at most once a minute: an abandoned desk signs itself out.

const activeEvery = 60_000;

export function watchActivity(send) {
  let last = 0;
  const active = () => {
    const now = Date.now();
    if (now - last < activeEvery) return;
    last = now;
    send();
  };
  for (const kind of ["keydown", "pointerdown", "wheel"]) addEventListener(kind, active, { passive: true, capture: true });
}
