// Holds content security policies against Google's csp_evaluator: reads `[{"page": …, "policy": …}]`, prints what it finds, and fails
// when a finding is high or the policy is not written as it should be.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { CspEvaluator } = require("csp_evaluator/dist/evaluator.js");
const { CspParser } = require("csp_evaluator/dist/parser.js");
const { Severity } = require("csp_evaluator/dist/finding.js");

const asked = JSON.parse(readFileSync(0, "utf8"));
let high = 0;
const seen = new Map();
for (const { page, policy } of asked) {
  if (!policy) {
    console.log(`HIGH  ${page}: there is no policy`);
    high += 1;
    continue;
  }
  for (const finding of new CspEvaluator(new CspParser(policy).csp).evaluate()) {
    const isHigh = finding.severity === Severity.HIGH || finding.severity === Severity.SYNTAX;
    if (isHigh) high += 1;
    const line = `${Severity[finding.severity].padEnd(12)} ${finding.directive} ${finding.value ?? ""}: ${finding.description}`;
    seen.set(line, [...(seen.get(line) ?? []), page]);
  }
}
for (const [line, on] of seen) console.log(`${line}\n             on ${on.join(", ")}`);
console.log(`${asked.length} policies, ${high} high findings`);
process.exit(high === 0 && asked.length > 0 ? 0 : 1);
