/**
 * OpenAI's wire forms, Anthropic's beside them, and the translators to and from them.
 *
 * <p>Owns field names, checks and error codes. Knows no HTTP server and no tensors.
 */
@NullMarked
package dev.sharegpt4v.server.openai;

import org.jspecify.annotations.NullMarked;
