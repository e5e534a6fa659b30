package dev.sharegpt4v.server.batch;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A checked line of a batch's input.
 *
 * @param customId the caller's own name for it
 * @param body of the request
 */
record InputLine(String customId, JsonNode body) {}
