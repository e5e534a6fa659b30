/**
 * Conversations to prompts, exactly as the models were trained.
 */
@NullMarked
package dev.sharegpt4v.models.chat;

import org.jspecify.annotations.NullMarked;
