// Storage that may be forbidden: inside a foreign page many browsers refuse it, and then memory has to do. What stands here
// never leaves this tab ("session") or this browser ("local").

/** @param {"session" | "local"} kind */
export function openShelf(kind) {
  const memory = new Map();
  let storage = null;
  try {
    storage = kind === "local" ? window.localStorage : window.sessionStorage;
  } catch {
    // Refused: memory it is.
  }
  const attempt = (act) => {
    try {
      return storage ? act(storage) : null;
    } catch {
      return null;
    }
  };
  return {
    /** Whether what is put here outlives the page, or memory has to do. */
    get lasts() {
      const probe = "parlor-probe";
      return attempt((shelf) => {
        shelf.setItem(probe, "1");
        shelf.removeItem(probe);
        return true;
      }) === true;
    },
    get: (key) => memory.get(key) ?? attempt((shelf) => shelf.getItem(key)),
    set(key, value) {
      memory.set(key, value);
      attempt((shelf) => shelf.setItem(key, value));
    },
    remove(key) {
      memory.delete(key);
      attempt((shelf) => shelf.removeItem(key));
    },
  };
}
