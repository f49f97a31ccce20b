// A button that uploads one file and says what became of it. `tokens` is yours: see token_server.py.
//   <UploadButton api="https://gatehouse.example/api/v1" tokens={fetchToken} folder="trip" onStored={(file) => …} />

import { useEffect, useMemo, useRef, useState } from "react";
import { Gatehouse } from "gatehouse-sdk";

export function UploadButton({ api, tokens, folder = "", onStored }) {
  const gatehouse = useMemo(() => new Gatehouse({ api, tokens }), [api, tokens]);
  const [state, setState] = useState({ words: "", busy: false, problem: null });
  const cancel = useRef(null);
  useEffect(() => () => cancel.current?.abort(), []); // leaving the page gives the space back

  async function send(file) {
    cancel.current = new AbortController();
    const { signal } = cancel.current;
    const say = (words) => setState({ words, busy: true, problem: null });
    try {
      const arrived = await gatehouse.upload(file, {
        signal,
        path: folder ? `${folder}/${file.name}` : file.name,
        onProgress: (sent, total) => say(`${Math.floor((sent * 100) / total)} %`),
        onWait: (milliseconds, problem) => say(problem.user_message),
      });
      say("Being checked …");
      const upload = await gatehouse.settled(arrived.id, { signal });
      setState({ words: upload.state === "available" ? "Safe and stored" : "", busy: false, problem: upload.problem });
      if (upload.file) onStored?.(upload.file);
    } catch (problem) {
      if (problem.name !== "AbortError") setState({ words: "", busy: false, problem });
      else setState({ words: "Cancelled. Nothing was kept.", busy: false, problem: null });
    }
  }

  const { words, busy, problem } = state;
  return (
    <div>
      <input type="file" aria-label="File" disabled={busy} onChange={(event) => event.target.files[0] && send(event.target.files[0])} />
      {busy && <button onClick={() => cancel.current.abort()}>Cancel</button>}
      <p role="status">
        {problem ? problem.user_message : words}
        {problem?.remedy?.href && <a href={problem.remedy.href}>{problem.remedy.label}</a>}
      </p>
    </div>
  );
}
