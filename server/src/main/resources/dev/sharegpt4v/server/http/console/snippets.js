import { requestOf } from './request.js';

/** Code that stands in a literal as it is. */
class Code {
  constructor(text) {
    this.text = text;
  }
}

const LANGUAGES = { curl, python, javascript, java };
const MOST_OF_A_JAVA_CONSTANT = 60_000;

/**
 * A program that asks what the page would ask. `place` is {base, needsKey, inline}: where the server is, whether it wants a key,
 * and whether pictures stand in the code or are read from files.
 */
export function snippet(language, model, settings, turns, place) {
  return LANGUAGES[language](model, settings, turns, place);
}

/** A value in the words of JSON, Python or JavaScript. */
function literal(value, words, indent) {
  if (value instanceof Code) return value.text;
  if (typeof value === 'string') return words.text(value);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  const inner = indent + '  ';
  const [open, close, items] = Array.isArray(value)
    ? ['[', ']', value.map(item => literal(item, words, inner))]
    : ['{', '}', Object.entries(value).map(([name, item]) => `${words.name(name)}: ${literal(item, words, inner)}`)];
  return `${open}\n${items.map(item => inner + item).join(',\n')}\n${indent}${close}`;
}

const JSON_WORDS = { yes: 'true', no: 'false', text: JSON.stringify, name: JSON.stringify };
const PYTHON_WORDS = { ...JSON_WORDS, yes: 'True', no: 'False' };
const SCRIPT_WORDS = { ...JSON_WORDS, name: name => name };

/** What expands within an unquoted here-document is escaped. */
const hereText = text => JSON.stringify(text).replace(/[\\$`]/g, '\\$&');
const HERE_WORDS = { ...JSON_WORDS, text: hereText };

const shell = text => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function curl(model, settings, turns, { base, needsKey, inline }) {
  const pictures = turns.flatMap(turn => turn.pictures);
  const named = new Map(pictures.map((picture, i) => [picture, `PICTURE_${i + 1}`]));
  const place = inline ? picture => picture.uri : picture => new Code(`"$${named.get(picture)}"`);
  const request = { ...requestOf(model, settings, turns, place), stream: true };
  const reads = inline ? [] : pictures.map(picture =>
    `${named.get(picture)}="data:${picture.type};base64,$(base64 < ${shell(picture.name)} | tr -d '\\n')"`);
  const expands = reads.length > 0;
  return [
    ...reads,
    `curl -N ${shell(`${base}v1/chat/completions`)} \\`,
    ...(needsKey ? ['  -H "Authorization: Bearer $SHAREGPT4V_API_KEY" \\'] : []),
    `  -H 'Content-Type: application/json' --data-binary @- <<${expands ? 'JSON' : "'JSON'"}`,
    literal(request, expands ? HERE_WORDS : JSON_WORDS, ''),
    'JSON',
    '',
  ].join('\n');
}

function python(model, settings, turns, { base, needsKey, inline }) {
  const reads = !inline && turns.some(turn => turn.pictures.length > 0);
  const place = inline
    ? picture => picture.uri
    : picture => new Code(`picture(${JSON.stringify(picture.name)}, ${JSON.stringify(picture.type)})`);
  const request = { ...requestOf(model, settings, turns, place), stream: true };
  const members = Object.entries(request).map(([name, value]) => `  ${name}=${literal(value, PYTHON_WORDS, '  ')},`);
  return [
    ...(reads ? ['import base64'] : []),
    ...(needsKey ? ['import os'] : []),
    ...(reads ? ['from pathlib import Path'] : []),
    ...(reads || needsKey ? [''] : []),
    'from openai import OpenAI',
    '',
    `client = OpenAI(base_url=${JSON.stringify(`${base}v1`)}, api_key=${needsKey ? 'os.environ["SHAREGPT4V_API_KEY"]' : '"none"'})`,
    '',
    ...(reads
      ? ['', 'def picture(path, kind):', '  return f"data:{kind};base64," + base64.b64encode(Path(path).read_bytes()).decode()', '', '']
      : []),
    'stream = client.chat.completions.create(',
    ...members,
    ')',
    'for chunk in stream:',
    '  if chunk.choices:',
    '    print(chunk.choices[0].delta.content or "", end="", flush=True)',
    'print()',
    '',
  ].join('\n');
}

function javascript(model, settings, turns, { base, needsKey, inline }) {
  const reads = !inline && turns.some(turn => turn.pictures.length > 0);
  const place = inline
    ? picture => picture.uri
    : picture => new Code(`await picture(${JSON.stringify(picture.name)}, ${JSON.stringify(picture.type)})`);
  const request = { ...requestOf(model, settings, turns, place), stream: true };
  return [
    '// npm install openai; save as ask.mjs',
    ...(reads ? ['import { readFile } from "node:fs/promises";'] : []),
    'import OpenAI from "openai";',
    '',
    `const client = new OpenAI({ baseURL: ${JSON.stringify(`${base}v1`)}, apiKey: ${needsKey ? 'process.env.SHAREGPT4V_API_KEY' : '"none"'} });`,
    ...(reads
      ? ['const picture = async (path, type) => `data:${type};base64,${await readFile(path, "base64")}`;']
      : []),
    `const stream = await client.chat.completions.create(${literal(request, SCRIPT_WORDS, '')});`,
    'for await (const chunk of stream) {',
    '  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");',
    '}',
    'process.stdout.write("\\n");',
    '',
  ].join('\n');
}

/** A longer constant than the class file can hold is put together from pieces. */
function javaText(text) {
  if (text.length <= MOST_OF_A_JAVA_CONSTANT / 3) return JSON.stringify(text);
  const pieces = [];
  for (let at = 0; at < text.length; at += MOST_OF_A_JAVA_CONSTANT / 3) {
    pieces.push(JSON.stringify(text.slice(at, at + MOST_OF_A_JAVA_CONSTANT / 3)));
  }
  return `String.join("", ${pieces.join(', ')})`;
}

const javaDecimal = number => (Number.isInteger(number) ? `${number}.0` : String(number));

function java(model, settings, turns, { base, needsKey, inline }) {
  const pictures = turns.some(turn => turn.pictures.length > 0);
  const detail = settings.detail && settings.detail !== 'auto' ? settings.detail : null;
  const url = picture =>
    inline ? javaText(picture.uri) : `read(${JSON.stringify(picture.name)}, ${JSON.stringify(picture.type)})`;
  const calls = [`.model(${JSON.stringify(model)})`];
  if (settings.temperature !== undefined) calls.push(`.temperature(${javaDecimal(settings.temperature)})`);
  if (settings.top_p !== undefined) calls.push(`.topP(${javaDecimal(settings.top_p)})`);
  if (settings.max_tokens !== undefined) calls.push(`.maxTokens(${settings.max_tokens}L)`);
  if (settings.seed !== undefined) calls.push(`.seed(${settings.seed}L)`);
  if (settings.system) calls.push(`.addSystemMessage(${javaText(settings.system)})`);
  for (const turn of turns) {
    if (turn.pictures.length === 0) {
      calls.push(`.addUserMessage(${javaText(turn.text)})`);
    } else {
      const parts = [...turn.pictures.map(picture => `picture(${url(picture)})`), `text(${javaText(turn.text)})`];
      calls.push(`.addUserMessageOfArrayOfContentParts(List.of(\n                    ${parts.join(',\n                    ')}))`);
    }
    if (turn.answer) calls.push(`.addAssistantMessage(${javaText(turn.answer)})`);
  }
  const PART = 'ChatCompletionContentPart';
  return [
    '// com.openai:openai-java; save as Ask.java',
    'import com.openai.client.OpenAIClient;',
    'import com.openai.client.okhttp.OpenAIOkHttpClient;',
    'import com.openai.core.http.StreamResponse;',
    'import com.openai.models.chat.completions.ChatCompletionChunk;',
    ...(pictures
      ? ['', 'Image', 'Text'].map(kind => `import com.openai.models.chat.completions.${PART}${kind};`)
      : []),
    'import com.openai.models.chat.completions.ChatCompletionCreateParams;',
    ...(pictures && !inline
      ? ['import java.io.IOException;', 'import java.nio.file.Files;', 'import java.nio.file.Path;', 'import java.util.Base64;']
      : []),
    ...(pictures ? ['import java.util.List;'] : []),
    '',
    'public final class Ask {',
    `    public static void main(String[] args)${pictures && !inline ? ' throws IOException' : ''} {`,
    '        OpenAIClient client = OpenAIOkHttpClient.builder()',
    `                .baseUrl(${JSON.stringify(`${base}v1`)})`,
    `                .apiKey(${needsKey ? 'System.getenv("SHAREGPT4V_API_KEY")' : '"none"'})`,
    '                .build();',
    '        ChatCompletionCreateParams params = ChatCompletionCreateParams.builder()',
    ...calls.map(call => `                ${call}`),
    '                .build();',
    '        try (StreamResponse<ChatCompletionChunk> stream =',
    '                client.chat().completions().createStreaming(params)) {',
    '            stream.stream()',
    '                    .flatMap(chunk -> chunk.choices().stream())',
    '                    .flatMap(choice -> choice.delta().content().stream())',
    '                    .forEach(System.out::print);',
    '        }',
    '        System.out.println();',
    '        client.close();',
    '    }',
    ...(pictures
      ? [
          '',
          `    private static ${PART} text(String text) {`,
          `        return ${PART}.ofText(${PART}Text.builder().text(text).build());`,
          '    }',
          '',
          `    private static ${PART} picture(String url) {`,
          `        return ${PART}.ofImageUrl(${PART}Image.builder()`,
          `                .imageUrl(${PART}Image.ImageUrl.builder()`,
          '                        .url(url)',
          ...(detail ? [`                        .detail(${PART}Image.ImageUrl.Detail.${detail.toUpperCase()})`] : []),
          '                        .build())',
          '                .build());',
          '    }',
        ]
      : []),
    ...(pictures && !inline
      ? [
          '',
          '    private static String read(String path, String type) throws IOException {',
          '        byte[] bytes = Files.readAllBytes(Path.of(path));',
          '        return "data:" + type + ";base64," + Base64.getEncoder().encodeToString(bytes);',
          '    }',
        ]
      : []),
    '}',
    '',
  ].join('\n');
}
