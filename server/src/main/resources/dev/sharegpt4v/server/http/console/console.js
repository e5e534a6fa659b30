import { askForKey, forgetKey, hideKeyForm, keyOfTab, onKey } from './key.js';
import { clearDraft, draft, restoreDraft, takePictures, thumbnails } from './composer.js';
import { DESCRIBE, requestOf } from './request.js';
import { Refusal, call, chat } from './server.js';
import { snippet } from './snippets.js';

const at = id => document.getElementById(id);
const model = at('model');
const settingsForm = at('settings');

/** Each {text, pictures, answer}; only the last may still be without an answer. */
const turns = [];
let running = null;

// ---- What is shown -------------------------------------------------------------------------------------------------

function element(name, className, text = '') {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function addTurn(turn) {
  const asked = element('li', 'asked');
  asked.append(element('h3', 'unseen', 'You'));
  if (turn.pictures.length > 0) {
    const shown = element('ul', 'pictures');
    shown.role = 'list';
    shown.append(...thumbnails(turn.pictures));
    asked.append(shown);
  }
  asked.append(element('p', 'text', turn.text));
  const answered = element('li', 'answered');
  turn.view = { asked, answered };
  at('turns').append(asked, answered);
  emptyAnswer(turn);
}

function emptyAnswer(turn) {
  turn.answer = '';
  turn.view.text = element('p', 'text');
  turn.view.figures = element('p', 'figures');
  turn.view.answered.replaceChildren(element('h3', 'unseen', 'Answer'), turn.view.text, turn.view.figures);
}

function takeBack(turn) {
  turn.view.asked.remove();
  turn.view.answered.remove();
  turns.splice(turns.indexOf(turn), 1);
  restoreDraft(turn);
}

function refresh() {
  at('empty').hidden = turns.length > 0;
  at('conversation').setAttribute('aria-busy', String(running !== null));
  at('send').hidden = running !== null;
  at('stop').hidden = running === null;
  at('again').disabled = running !== null || turns.length === 0;
  at('clear').disabled = running !== null || turns.length === 0;
  at('forget').hidden = !keyOfTab();
}

function tellProblem(refusal) {
  const said = [];
  if (refusal.said) said.push(element('p', '', refusal.said));
  if (refusal.wait) said.push(element('p', '', `It asks to wait ${refusal.wait} s.`));
  if (refusal.facts?.length > 0) said.push(element('p', 'faint', refusal.facts.join(' · ')));
  at('problem').replaceChildren(element('strong', '', refusal.title), ...said);
}

const noProblem = () => at('problem').replaceChildren();

/** The page follows its end for who is there, and leaves alone who looks at something else. */
const end = {
  page: document.scrollingElement,
  followed: true,
  follow() {
    this.followed = true;
    this.page.scrollTop = this.page.scrollHeight;
  },
  watch() {
    document.addEventListener('scroll', () => {
      this.followed = this.page.scrollHeight - this.page.scrollTop - this.page.clientHeight < 80;
    });
    new ResizeObserver(() => this.followed && this.follow()).observe(document.querySelector('main'));
  },
};

// ---- What is spoken ------------------------------------------------------------------------------------------------

/** Screen readers hear whole sentences, each once, instead of every token. */
const speech = {
  rest: '',
  begin() {
    this.rest = '';
    at('spoken').replaceChildren();
  },
  add(text) {
    this.rest += text;
    const whole = /^[\s\S]*[.!?:;\n](?=\s)/.exec(this.rest)?.[0] ?? '';
    this.say(whole);
    this.rest = this.rest.slice(whole.length);
  },
  end(last) {
    this.say(this.rest);
    this.rest = '';
    this.say(last);
  },
  say(text) {
    if (text.trim()) at('spoken').append(element('p', '', text.trim()));
  },
};

// ---- Asking --------------------------------------------------------------------------------------------------------

function settings() {
  const number = id => (at(id).value === '' ? undefined : Number(at(id).value));
  return {
    temperature: number('temperature'),
    top_p: number('top-p'),
    max_tokens: number('max-tokens'),
    seed: number('seed'),
    system: at('system').value.trim().toWellFormed(),
    detail: at('detail').value,
  };
}

function settingsAreRight() {
  if (settingsForm.checkValidity()) return true;
  at('parameters').open = true;
  settingsForm.reportValidity();
  return false;
}

function send() {
  const asked = draft();
  if (running || (asked.text === '' && asked.pictures.length === 0) || !settingsAreRight()) return;
  clearDraft();
  const turn = { text: asked.text || DESCRIBE, pictures: asked.pictures };
  turns.push(turn);
  addTurn(turn);
  answer(turn);
}

function regenerate() {
  if (running || turns.length === 0 || !settingsAreRight()) return;
  const turn = turns.at(-1);
  emptyAnswer(turn);
  answer(turn);
}

async function answer(turn) {
  const body = requestOf(model.value, settings(), turns);
  const watch = { started: performance.now(), first: 0, last: 0, reason: '', usage: null };
  const { view } = turn;
  running = new AbortController();
  noProblem();
  speech.begin();
  speech.say('Answering.');
  view.answered.classList.add('running');
  refresh();
  end.follow();
  let how = 'End of the answer.';
  try {
    for await (const piece of chat(body, running.signal)) {
      if (piece.text) {
        watch.last = performance.now();
        watch.first ||= watch.last;
        turn.answer += piece.text;
        speech.add(piece.text);
        view.text.append(piece.text);
      }
      watch.reason = piece.reason ?? watch.reason;
      watch.usage = piece.usage ?? watch.usage;
    }
  } catch (failure) {
    how = explain(failure, turn, watch);
  }
  running = null;
  view.answered.classList.remove('running');
  view.figures.textContent = figures(watch);
  refresh();
  speech.end(how);
}

/** Tells why an answer ended early; a question that has none goes back to where it was written. */
function explain(failure, turn, watch) {
  if (failure.name === 'AbortError') {
    watch.reason = 'stopped';
    if (turn.answer === '') takeBack(turn);
    return 'Stopped.';
  }
  const refusal =
    failure instanceof Refusal ? failure : new Refusal('This page failed.', { said: String(failure.message) });
  watch.reason = 'broken off';
  if (turn.answer === '') takeBack(turn);
  tellProblem(refusal);
  if (refusal.status === 401) askForKey();
  return '';
}

// ---- Figures -------------------------------------------------------------------------------------------------------

const time = ms => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);

const REASONS = { length: 'cut at the most tokens', timeout: 'cut by the time limit', repetition: 'cut, it went in circles' };

/** Times as the page saw them and the server's own count of tokens. */
function figures({ started, first, last, reason, usage }) {
  const ended = performance.now();
  const told = [];
  if (first) told.push(`first token ${time(first - started)}`);
  if (usage && last > first && usage.completion_tokens > 1) {
    told.push(`${(((usage.completion_tokens - 1) * 1000) / (last - first)).toFixed(1)} tokens/s`);
  }
  told.push(`total ${time(ended - started)}`);
  if (usage) {
    const { image_tokens: image = 0, cached_tokens: cached = 0 } = usage.prompt_tokens_details ?? {};
    told.push(`prompt ${usage.prompt_tokens} tokens (${image} image, ${cached} cached)`);
    told.push(`answer ${usage.completion_tokens} tokens`);
  }
  if (reason && reason !== 'stop') told.push(REASONS[reason] ?? reason);
  return told.join(' · ');
}

// ---- Code ----------------------------------------------------------------------------------------------------------

/** The turns of the next question, or of the last one where nothing is being written. */
function turnsForCode() {
  const { text, pictures } = draft();
  const before = turns.map(turn => ({ text: turn.text, pictures: turn.pictures, answer: turn.answer }));
  if (text || pictures.length > 0) return [...before, { text: text || DESCRIBE, pictures }];
  if (before.length > 0) before.at(-1).answer = '';
  return before.length > 0 ? before : [{ text: 'Describe what you can do.', pictures: [] }];
}

function code() {
  const language = document.querySelector('input[name=language]:checked').value;
  const place = { base: new URL('.', location.href).href, needsKey: keyOfTab() !== '', inline: at('inline').checked };
  return snippet(language, model.value, settings(), turnsForCode(), place);
}

/** What is shown of the code leaves out most of the pictures in it; what is copied does not. */
function showCode() {
  at('snippet').textContent = code().replace(/(;base64,[\w+/=]{24})[\w+/=", \n]{200,}/g, '$1…');
  at('copied').textContent = '';
}

async function copyCode() {
  const text = code();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages that are neither local nor https have no clipboard of that kind.
    const field = element('textarea', 'unseen', text);
    at('code').append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
    at('take').focus();
  }
  at('copied').textContent = 'Copied.';
}

// ---- Wiring --------------------------------------------------------------------------------------------------------

async function askForModels() {
  try {
    const { data } = await (await call('v1/models')).json();
    const kept = model.value;
    model.replaceChildren(...data.map(({ id }) => new Option(id, id, false, id === kept)));
    model.disabled = data.length < 2;
    hideKeyForm();
    noProblem();
  } catch (failure) {
    if (failure.status === 401) askForKey();
    if (failure.status !== 401 || keyOfTab()) tellProblem(failure);
  }
  refresh();
}

takePictures((added, others) => {
  noProblem();
  if (added.length > 0) {
    speech.begin();
    speech.say(added.length === 1 ? `Added ${added[0].name}.` : `Added ${added.length} pictures.`);
  }
  if (others.length > 0) tellProblem(new Refusal(`No picture: ${others.map(file => file.name).join(', ')}.`));
});

at('composer').addEventListener('submit', event => {
  event.preventDefault();
  send();
});
at('question').addEventListener('keydown', event => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});
settingsForm.addEventListener('submit', event => event.preventDefault());
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && !at('code').open) running?.abort();
});
at('stop').addEventListener('click', () => {
  running?.abort();
  at('question').focus();
});
at('again').addEventListener('click', regenerate);
at('clear').addEventListener('click', () => {
  for (const { pictures } of turns.splice(0)) pictures.forEach(({ preview }) => URL.revokeObjectURL(preview));
  at('turns').replaceChildren();
  noProblem();
  speech.begin();
  speech.say('Cleared.');
  refresh();
  at('question').focus();
});
at('copy').addEventListener('click', () => {
  showCode();
  at('code').showModal();
});
at('code').addEventListener('change', showCode);
at('take').addEventListener('click', copyCode);
at('close').addEventListener('click', () => at('code').close());
at('forget').addEventListener('click', () => {
  forgetKey();
  askForModels();
});
onKey(() => {
  askForModels();
  at('question').focus();
});

const wide = matchMedia('(min-width: 62rem)');
at('parameters').open = wide.matches;
wide.addEventListener('change', () => {
  at('parameters').open = wide.matches;
});
end.watch();
refresh();
askForModels();
