// Storage that may be forbidden: inside a foreign page many browsers refuse it, and then memory has to do. What stands here
// never leaves this tab ("session") or this browser ("local").

/** A text as it may lie in a browser: whoever comes after at this machine finds no card number in it. The server would mask it, too. */
export function withoutCards(text) {
  return text.replace(/\p{Nd}([^\p{L}\p{Nd}]{0,3}\p{Nd}){12,}/gu, (row) => {
    const digits = Array.from(row.normalize("NFKC").replace(/\P{Nd}/gu, ""), Number);
    for (let end = 13; end <= digits.length; end++) {
      let sum = 0;
      for (let count = 1; count < 20 && count <= end; count++) {
        const digit = digits[end - count];
        sum += count % 2 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
        // Digits that are none to a script are no reason to keep them.
        if (count > 12 && !(sum % 10)) return "••••";
      }
    }
    return row;
  });
}

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
