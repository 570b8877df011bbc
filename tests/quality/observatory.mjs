// Grades one page of each kind with Mozilla's own retriever, tests and scale, over the loopback interface. Its own `scan` asks port
// 443 for `/` alone; all else is the same.
import axios from "axios";
import { pages, at, signIn, follow } from "./site.mjs";
import { ALL_TESTS } from "@mdn/mdn-http-observatory/src/constants.js";
import { MINIMUM_SCORE_FOR_EXTRA_CREDIT } from "@mdn/mdn-http-observatory/src/grader/charts.js";
import { getGradeForScore, getScoreDescription, getScoreModifier } from "@mdn/mdn-http-observatory/src/grader/grader.js";
import { retrieve } from "@mdn/mdn-http-observatory/src/retriever/retriever.js";

const session = await signIn();
let missed = 0;
for (const page of pages) {
  const headers = page.staff ? { cookie: session } : {};
  const answer = await follow(page.path, headers);
  // The Observatory grades no errors.
  if (answer.status >= 400) continue;
  axios.defaults.headers.common.cookie = page.staff ? session : undefined;
  const found = await retrieve(at.hostname, { httpPort: process.env.BAR_HTTP_PORT, httpsPort: at.port, path: answer.path });
  const asked = found.session?.redirectHistory.at(-1)?.url.pathname;
  if (found.responses.auto?.status !== 200 || asked !== answer.path) throw new Error(`${page.kind}: ${asked} instead of ${answer.path}`);
  const results = ALL_TESTS.map((test) => test(found)).filter((it) => it.result);
  const modifiers = results.map((it) => getScoreModifier(it.result));
  const base = 100 + modifiers.filter((it) => it < 0).reduce((sum, it) => sum + it, 0);
  const all = 100 + modifiers.reduce((sum, it) => sum + it, 0);
  const { grade, score } = getGradeForScore(base >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? all : base);
  console.log(`${grade.padEnd(3)} ${String(score).padStart(3)}  ${page.kind} (${answer.path.replace(process.env.BAR_SITE, "SITE")})`);
  for (const it of results.filter((it) => !it.pass || getScoreModifier(it.result) < 0)) {
    console.log(`          ${it.constructor.name}: ${it.result} ${getScoreDescription(it.result)}`);
  }
  if (grade !== "A+") missed += 1;
}
console.log(missed === 0 ? "every page has an A+" : `${missed} pages have less than an A+`);
process.exit(missed === 0 ? 0 : 1);
