// Builds dist/index.html (one file: any server, even one that sends no Content-Type, can serve it) and dist/perch-camera.js.

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const common = { bundle: true, minify: true, target: ["chrome100", "firefox115", "safari15.4"], legalComments: "none" };

async function bundle(entry, format) {
  const { outputFiles } = await build({ ...common, entryPoints: [path(entry)], format, write: false });
  return outputFiles[0].text;
}

// An HTML parser ends the inline script at the first `</script`, even inside a string.
const inline = (script) => script.replaceAll("</script", "<\\/script").trim();

/** Nothing but this very script runs; it may talk to any broker, and to nobody else. */
function policy_for(script) {
  const hash = createHash("sha256").update(script).digest("base64");
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "media-src blob:",
    "connect-src ws: wss:",
    "worker-src blob:", // mqtt.js keeps time in a worker while the page is hidden
  ].join("; ");
}

async function page() {
  const script = inline(await bundle("src/page.js", "iife"));
  const style = (await readFile(path("src/page.css"), "utf8")).trim();
  const parts = { policy: policy_for(script), style, script };
  const template = await readFile(path("src/index.html"), "utf8");
  return template.replace(/%(policy|style|script)%/g, (_, name) => parts[name]);
}

await mkdir(path("dist"), { recursive: true });
const outputs = { "index.html": await page(), "perch-camera.js": await bundle("src/camera_element.js", "esm") };
for (const [name, text] of Object.entries(outputs)) {
  await writeFile(path(`dist/${name}`), text);
  console.log(`dist/${name} ${Buffer.byteLength(text)} bytes`);
}
