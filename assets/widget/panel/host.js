// The page around the panel. It opens the talk with a channel of its own, and the browser vouches for where it came from. What
// travels on the channel is only what the button needs and what the website says of its visitor; never a word of the chat.

/**
 * @param {(message: object) => void} hear what the page says: "hello", "open", "close", "shutdown", and when it says so, at the hello
 *   or later: "identify" ({who}), "locale" ({locale}), "set" ({set}), "page" ({page, window}), "visit" ({visit, invited})
 * @returns {{origin: Promise<string>, alone: boolean, say: (message: object) => void, also: (hear: (message: object) => void) => void}}
 */
export function meetHost(hear) {
  const alone = window.parent === window;
  const ears = [hear];
  const known = {};
  let port = null;
  const tell = (message) => ears.forEach((ear) => ear(message));
  const take = (message) => {
    const news = { identify: { who: message.who }, locale: { locale: message.locale }, set: { set: message.set }, page: { page: message.page, window: message.window }, visit: { visit: message.visit, invited: message.invited } };
    for (const [t, said] of Object.entries(news)) {
      const text = JSON.stringify(said);
      if (Object.values(said)[0] === undefined || text === known[t]) continue;
      known[t] = text;
      tell({ t, ...said });
    }
  };
  const origin = new Promise((resolve) => {
    if (alone) return resolve(location.origin);
    addEventListener("message", (event) => {
      if (port || event.source !== window.parent || event.data?.parlor !== "hello" || !event.ports[0]) return;
      port = event.ports[0];
      port.onmessage = ({ data }) => {
        take(data);
        if (data.t !== "told") tell(data);
      };
      resolve(event.origin);
      take(event.data);
      tell({ ...event.data, t: "hello" });
    });
  });
  return { origin, alone, say: (message) => port?.postMessage(message), also: (ear) => ears.push(ear) };
}
