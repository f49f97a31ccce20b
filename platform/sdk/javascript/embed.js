/**
 * The upload box by one tag, on a page that Gatehouse serves or that shares its origin:
 * `<script type="module" src="https://gatehouse.example/static/sdk/embed.js?app=summer-party"></script>`.
 * The box stands where the tag stands.
 */

import "./safe-upload.js";

const here = new URL(import.meta.url);
const box = document.createElement("safe-upload");
const app = encodeURIComponent(here.searchParams.get("app") ?? "");
box.setAttribute("surface", new URL(`/go/${app}/surface.json`, here).href);
[...document.scripts].find(({ src }) => src === here.href)?.after(box);
