package dev.sharegpt4v.server.openai;

import dev.sharegpt4v.runtime.sampling.TokenLogprobs;

/**
 * A token whose words are part of an answer.
 *
 * @param id of it
 * @param logprobs how likely it was
 */
public record SaidToken(int id, TokenLogprobs logprobs) {}
