/** A small file of a kind that the app takes, for who has none at hand. */

const TEXTS = {
  "text/plain": ["hello.txt", "Hello from the console.\n"],
  "text/csv": ["hello.csv", "name,seats\nSun,4\nMoon,2\n"],
  "application/json": ["hello.json", '{"hello": "from the console"}\n'],
};

export async function sampleFile(types) {
  const type = types.find((kind) => TEXTS[kind] || ["image/jpeg", "image/png"].includes(kind) || kind === "image/*");
  if (TEXTS[type]) return new File([TEXTS[type][1]], TEXTS[type][0], { type });
  return picture(type === "image/png" ? type : "image/jpeg");
}

async function picture(type) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 200 });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#0c3947";
  pen.fillRect(0, 0, 320, 200);
  pen.fillStyle = "#f4bd57";
  pen.arc(160, 100, 40 + Math.random() * 30, 0, 2 * Math.PI);
  pen.fill();
  const blob = await new Promise((give) => canvas.toBlob(give, type));
  return new File([blob], type === "image/png" ? "hello.png" : "hello.jpg", { type });
}
