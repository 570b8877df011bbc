// The two ways to the server. A line is opened with the hello frame and a listener, and has `send(frame)` and `close()`; the
// listener's `frame(frame)` is called for each frame, and `down()` once when the line ends by itself.

/** The socket: what is used unless something between here and the server blocks it. */
export function openSocketLine(hello, listener) {
  const address = new URL("/live", location.href);
  address.protocol = address.protocol === "http:" ? "ws:" : "wss:";
  const socket = new WebSocket(address);
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    listener.down();
  };
  socket.onopen = () => socket.send(JSON.stringify(hello));
  socket.onmessage = (message) => {
    if (!over) listener.frame(JSON.parse(message.data));
  };
  socket.onclose = end;
  socket.onerror = end;
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    },
    close() {
      over = true;
      socket.close();
    },
  };
}

// The server takes 16 KiB at once; a batch keeps a little below.
const BATCH_BYTES = 15 * 1024;
// The server holds a question for 25 s; what takes longer than this is lost.
const ANSWER_MS = 40_000;

/** The same frames over plain requests, for networks that let no WebSocket through. */
export function openPollLine(hello, listener) {
  const halt = new AbortController();
  const queue = [JSON.stringify(hello)];
  let secret = "";
  let posting = false;

  const end = () => {
    if (halt.signal.aborted) return;
    halt.abort();
    listener.down();
  };
  const ask = async (path, options) => {
    const headers = { "Content-Type": "application/json", ...(secret && { Authorization: `Poll ${secret}` }) };
    const timer = setTimeout(end, ANSWER_MS);
    try {
      const answer = await fetch(path, { ...options, headers, cache: "no-store", signal: halt.signal });
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return answer.status === 204 ? null : await answer.json();
    } finally {
      clearTimeout(timer);
    }
  };
  const post = async () => {
    if (posting) return;
    posting = true;
    try {
      while (queue.length && !halt.signal.aborted) {
        let body = queue.shift();
        while (secret && queue.length && body.length * 2 + queue[0].length * 2 < BATCH_BYTES) body += `,${queue.shift()}`;
        const answer = await ask("/live/commands", { method: "POST", body: `[${body}]` });
        if (!secret) {
          secret = answer.poll;
          listen();
        }
      }
    } catch {
      end();
    }
    posting = false;
  };
  const listen = async () => {
    let next = 0;
    try {
      while (!halt.signal.aborted) {
        const answer = await ask(`/live/events?after=${next}`, { method: "GET" });
        next = answer.next;
        for (const frame of answer.frames) if (!halt.signal.aborted) listener.frame(frame);
      }
    } catch {
      end();
    }
  };
  post();
  return {
    send(frame) {
      queue.push(JSON.stringify(frame));
      post();
    },
    close: () => halt.abort(),
  };
}
