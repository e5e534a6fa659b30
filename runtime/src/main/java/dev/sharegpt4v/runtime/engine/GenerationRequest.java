package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.sampling.SamplingOptions;

/**
 * Checked input of one generation.
 *
 * @param id for logs and events; unique among live requests
 * @param prompt what to continue
 * @param sampling how to choose tokens
 * @param stop when to end
 */
public record GenerationRequest(String id, Prompt prompt, SamplingOptions sampling, StopRule stop) {}
