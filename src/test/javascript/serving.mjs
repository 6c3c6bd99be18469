// Serves what asked.json holds, with the code of docs/SERVING.md, which lies beside this as page.mjs, and writes answers.json.
import { readFileSync, writeFileSync } from "node:fs";
import { open, tensor, tokenizer, verify } from "./page.mjs";

const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const asked = read("asked.json");
const answers = { differences: {}, refused: [], tokenizers: {} };

for (const name of asked.students) {
  answers.differences[name] = await verify(await open(`${name}.onnx`), read(`${name}.test-vectors.json`));
}
const labelled = await open("labelled-student.onnx");
for (const output of ["logits", "label"]) {
  const vectors = read("labelled-student.test-vectors.json");
  const { values } = vectors.outputs.find(({ name }) => name === output);
  values[1] = output === "label" ? "none" : values[1] + 1;
  answers.refused.push(await verify(labelled, vectors).then(() => "nothing", (error) => error.message));
}
for (const name of asked.tokenizers) {
  const ids = tokenizer(read(`${name}.tokenizer.json`));
  answers.tokenizers[name] = read(`${name}.tokenizer-test.json`).cases.map(({ text }) => ids(text));
}
answers.ids = asked.texts.map(tokenizer(read("text-student.tokenizer.json")));
const input = tensor("int64", answers.ids.flat(), [answers.ids.length, answers.ids[0].length]);
answers.logits = Array.from((await (await open("text-student.onnx")).run({ input })).logits.data);
writeFileSync("answers.json", JSON.stringify(answers));
