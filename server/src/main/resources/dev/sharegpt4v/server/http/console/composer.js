const field = document.getElementById('question');
const list = document.getElementById('pictures');
const files = document.getElementById('files');
const NOT_PICTURES = /^(?!image\/).+/;

let pictures = [];
let told = () => {};

/** The question that is being written: its words and its pictures, each {name, type, uri, preview}. */
export const draft = () => ({ text: field.value.trim().toWellFormed(), pictures: [...pictures] });

export function clearDraft() {
  field.value = '';
  show([]);
}

/** Gives a question back to its writer, before what was written meanwhile. */
export function restoreDraft({ text, pictures: given }) {
  field.value = [text, field.value].filter(Boolean).join('\n');
  show([...given, ...pictures]);
  field.focus();
}

/** What pictures look like in a list; with remove(), they can be taken out. */
export function thumbnails(shown, remove) {
  return shown.map((picture, i) => {
    const item = document.createElement('li');
    const image = document.createElement('img');
    image.src = picture.preview;
    image.alt = `Picture ${i + 1}: ${picture.name}`;
    item.append(image);
    if (remove) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'remove';
      button.textContent = '×';
      button.setAttribute('aria-label', `Remove picture ${i + 1}: ${picture.name}`);
      button.addEventListener('click', () => remove(i));
      item.append(button);
    }
    return item;
  });
}

function show(next) {
  pictures = next;
  list.replaceChildren(...thumbnails(pictures, remove));
}

function remove(index) {
  URL.revokeObjectURL(pictures[index].preview);
  show(pictures.filter((_, i) => i !== index));
  (list.children[Math.min(index, pictures.length - 1)]?.querySelector('button') ?? field).focus();
}

function read(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

async function add(given) {
  const others = given.filter(file => NOT_PICTURES.test(file.type));
  const added = [];
  for (const file of given.filter(each => !others.includes(each))) {
    try {
      const uri = await read(file);
      const type = file.type || 'image/png';
      added.push({
        name: file.name || 'picture.png',
        type,
        uri: `data:${type};base64,${uri.slice(uri.indexOf(',') + 1)}`,
        preview: URL.createObjectURL(file),
      });
    } catch {
      others.push(file);
    }
  }
  show([...pictures, ...added]);
  told(added, others);
  if (added.length > 0) field.focus();
}

/** Takes pictures from drops, pastes and files; tells those that were added, and the files that are none. */
export function takePictures(tell) {
  told = tell;
  document.getElementById('choose').addEventListener('click', () => files.click());
  files.addEventListener('change', () => {
    add([...files.files]);
    files.value = '';
  });
  document.addEventListener('paste', event => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (pasted.length === 0) return;
    event.preventDefault();
    add(pasted);
  });
  const carriesFiles = event => event.dataTransfer?.types.includes('Files');
  document.addEventListener('dragover', event => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    document.body.classList.add('dropping');
  });
  document.addEventListener('dragleave', event => {
    if (event.relatedTarget === null) document.body.classList.remove('dropping');
  });
  document.addEventListener('drop', event => {
    document.body.classList.remove('dropping');
    if (!carriesFiles(event)) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
}
