/** The API key of this tab, and the form that asks for it. */
const NAME = 'sharegpt4v.key';
const form = document.getElementById('key');
const field = document.getElementById('key-value');
const title = document.getElementById('key-title');

export const keyOfTab = () => sessionStorage.getItem(NAME) ?? '';

export const forgetKey = () => sessionStorage.removeItem(NAME);

/** Shows the form in answer to a 401. */
export function askForKey() {
  title.textContent = keyOfTab() ? 'This API key is not accepted' : 'This server needs an API key';
  if (!form.hidden) return;
  form.hidden = false;
  field.focus();
}

export const hideKeyForm = () => {
  form.hidden = true;
};

/** Tells when a key was given. */
export function onKey(given) {
  form.addEventListener('submit', event => {
    event.preventDefault();
    sessionStorage.setItem(NAME, field.value.trim());
    field.value = '';
    form.hidden = true;
    given();
  });
}
