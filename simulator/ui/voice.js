// Voice messages, as far as the browser can record.

import { toast } from "./actions.js";
import { $, icon } from "./dom.js";

const longest = 60000;

// startVoice lets the microphone button record, and calls send with the sound.
export function startVoice(send) {
  let recorder;
  $("voice").addEventListener("click", async () => {
    if (recorder) {
      recorder.stop();
      return;
    }
    if (!navigator.mediaDevices?.getUserMedia || !globalThis.MediaRecorder) {
      toast("This browser cannot record. Send a sound as a file instead.");
      return;
    }
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      toast("There is no microphone that may be used. Send a sound as a file instead.");
      return;
    }
    const parts = [];
    recorder = new MediaRecorder(stream);
    const limit = setTimeout(() => recorder?.stop(), longest);
    recorder.ondataavailable = (e) => parts.push(e.data);
    recorder.onstop = () => {
      clearTimeout(limit);
      const type = recorder.mimeType.split(";")[0];
      for (const track of stream.getTracks()) track.stop();
      recorder = undefined;
      show(false);
      if (parts.length) send(new Blob(parts, { type: type.replace("video/", "audio/") || "audio/webm" }));
    };
    recorder.start();
    show(true);
  });
}

function show(recording) {
  $("voice").replaceChildren(icon(recording ? "stop" : "mic"));
  $("voice").classList.toggle("recording", recording);
  $("voice").setAttribute("aria-label", recording ? "Stop and send the voice message" : "Record a voice message");
}
