/**
 * Chat templates in the language of Jinja, as far as such templates use it, in bounded time and memory.
 *
 * <p>Owns the language and its limits: values are data alone, so no template reaches anything of Java. Every text knows
 * which of its characters came from a caller. Does not know conversations, prompts or tokens.
 */
@NullMarked
package dev.sharegpt4v.models.jinja;

import org.jspecify.annotations.NullMarked;
