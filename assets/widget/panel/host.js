// The page around the panel. It opens the talk with a channel of its own, and the browser vouches for where it came from. What
// travels on the channel is only what the button needs: open, close, how many are unread; never a word of the chat.

/**
 * @param {(message: object) => void} hear what the page says
 * @returns {{origin: Promise<string>, alone: boolean, say: (message: object) => void}}
 */
export function meetHost(hear) {
  const alone = window.parent === window;
  let port = null;
  const origin = new Promise((resolve) => {
    if (alone) return resolve(location.origin);
    addEventListener("message", (event) => {
      if (port || event.source !== window.parent || event.data?.parlor !== "hello" || !event.ports[0]) return;
      port = event.ports[0];
      port.onmessage = (message) => hear(message.data);
      resolve(event.origin);
      hear({ ...event.data, t: "hello" });
    });
  });
  return { origin, alone, say: (message) => port?.postMessage(message) };
}
