package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * What an answer tells of its prompt, in vLLM's members.
 *
 * @param logprobs one entry for each position
 * @param ids one for each position; those of pictures are negative
 * @param text with markers for pictures
 */
public record PromptReport(Optional<JsonNode> logprobs, Optional<int[]> ids, Optional<String> text) {

    /** Nothing. */
    public static final PromptReport NONE = new PromptReport(Optional.empty(), Optional.empty(), Optional.empty());

    void addTo(ObjectNode root) {
        logprobs.ifPresent(found -> root.set("prompt_logprobs", found));
        ids.ifPresent(tokens -> {
            ArrayNode list = root.putArray("prompt_token_ids");
            for (int token : tokens) {
                list.add(token);
            }
        });
        text.ifPresent(words -> root.put("prompt_text", words));
    }
}
