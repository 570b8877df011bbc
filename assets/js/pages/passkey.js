// A button that has a form filled in by a passkey: it asks our server for a challenge, the device for its answer, and sends that along
// like any other field. Without this script, or in a browser that knows no passkeys, such a button stays hidden.
for (const button of document.querySelectorAll("button[data-passkey]")) {
  if (window.PublicKeyCredential === undefined) {
    continue;
  }
  const { form } = button;
  const note = form.querySelector("[data-passkey-note]");
  button.hidden = false;
  form.hidden = false;
  form.parentElement.querySelector("[data-passkey-missing]")?.remove();
  form.addEventListener("submit", async (event) => {
    if (event.submitter !== button) {
      return;
    }
    event.preventDefault();
    if (button.dataset.passkey === "create" && !form.reportValidity()) {
      return;
    }
    button.disabled = true;
    note.hidden = true;
    try {
      form.elements.answer.value = JSON.stringify(await answerOfDevice(button));
      // Not `requestSubmit`, which would come back here.
      form.submit();
    } catch (error) {
      note.textContent = passkeyErrorInWords(error);
      note.hidden = false;
      button.disabled = false;
    }
  });
}

async function answerOfDevice(button) {
  const body = new URLSearchParams({ csrf: button.form.elements.csrf.value });
  const response = await fetch(button.dataset.challenge, { method: "POST", body, headers: { accept: "application/json" } });
  const options = await response.json();
  if (options.code === "proof_needed") {
    // The page asks for it, and comes back here.
    location.search = "new";
  }
  if (!response.ok) {
    throw new Refusal(options.message);
  }
  options.challenge = bytesOf(options.challenge);
  for (const one of [...(options.allowCredentials ?? []), ...(options.excludeCredentials ?? [])]) {
    one.id = bytesOf(one.id);
  }
  if (button.dataset.passkey === "create") {
    options.user.id = bytesOf(options.user.id);
    return answerAsJson(await navigator.credentials.create({ publicKey: options }));
  }
  return answerAsJson(await navigator.credentials.get({ publicKey: options }));
}

// What our server said, which is already in words.
class Refusal extends Error {}

function answerAsJson(credential) {
  const { response } = credential;
  const parts = { clientDataJSON: textOf(response.clientDataJSON) };
  if (response.attestationObject === undefined) {
    parts.authenticatorData = textOf(response.authenticatorData);
    parts.signature = textOf(response.signature);
    parts.userHandle = response.userHandle === null ? null : textOf(response.userHandle);
  } else {
    parts.attestationObject = textOf(response.attestationObject);
  }
  const { credProps } = credential.getClientExtensionResults();
  const clientExtensionResults = credProps === undefined ? {} : { credProps };
  return { id: credential.id, rawId: textOf(credential.rawId), type: credential.type, response: parts, clientExtensionResults };
}

function passkeyErrorInWords(error) {
  if (error instanceof Refusal) {
    return error.message;
  }
  switch (error.name) {
    case "InvalidStateError":
      return "This device has a passkey of yours for this account already.";
    case "NotAllowedError":
    case "AbortError":
      return "No passkey was used: it was cancelled, took too long, or there is none on this device.";
    case "SecurityError":
      return "The browser allows no passkeys at this address. Open this page under its usual name.";
    default:
      return "The passkey could not be used. Check the connection and try again.";
  }
}

// base64url without padding (RFC 4648, section 5), as the server writes it.
function bytesOf(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

function textOf(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
