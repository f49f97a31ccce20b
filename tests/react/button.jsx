// The sample on a page: `showButton(api, token)`; what it stored is kept in `stored`.
import { createRoot } from "react-dom/client";
import { UploadButton } from "../../docs/samples/UploadButton.jsx";

globalThis.stored = [];
globalThis.showButton = (api, token) => {
  const place = document.body.appendChild(document.createElement("div"));
  const keep = (file) => globalThis.stored.push(file.path);
  createRoot(place).render(<UploadButton api={api} tokens={async () => token} folder="trip" onStored={keep} />);
};
