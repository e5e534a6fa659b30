/** What a question without words asks: the first prompt of ShareGPT4V's training. */
export const DESCRIBE = 'Analyze the image in a comprehensive and detailed manner.';

/**
 * The chat request of turns, each {text, pictures, answer?}; place(picture) is what stands for the picture's URL. Pictures stay
 * in the turn they were sent with.
 */
export function requestOf(model, settings, turns, place = picture => picture.uri) {
  const messages = [];
  if (settings.system) messages.push({ role: 'system', content: settings.system });
  for (const turn of turns) {
    messages.push({ role: 'user', content: contentOf(turn, settings.detail, place) });
    if (turn.answer) messages.push({ role: 'assistant', content: turn.answer });
  }
  const request = { model, messages };
  for (const name of ['temperature', 'top_p', 'max_tokens', 'seed']) {
    if (settings[name] !== undefined) request[name] = settings[name];
  }
  return request;
}

function contentOf(turn, detail, place) {
  if (turn.pictures.length === 0) return turn.text;
  const parts = turn.pictures.map(picture => ({
    type: 'image_url',
    image_url: detail && detail !== 'auto' ? { url: place(picture), detail } : { url: place(picture) },
  }));
  return [...parts, { type: 'text', text: turn.text }];
}
