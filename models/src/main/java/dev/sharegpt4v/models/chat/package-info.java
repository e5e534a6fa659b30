/**
 * Conversations to prompts, exactly as the models were trained.
 *
 * <p>Owns templates, the placement of images, and special ids. Does not know any API's wire form.
 */
@NullMarked
package dev.sharegpt4v.models.chat;

import org.jspecify.annotations.NullMarked;
