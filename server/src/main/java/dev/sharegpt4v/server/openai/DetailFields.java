package dev.sharegpt4v.server.openai;

import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads what an answer tells besides its words, and how it begins. */
final class DetailFields {

    private static final int MOST_TOP = 20;

    private DetailFields() {}

    static AnswerDetail read(JsonFields fields, boolean stream, boolean runningUsage, List<WireMessage> messages) {
        Optional<String> last = Optional.of(messages.getLast())
                .filter(message -> message.role() == Role.ASSISTANT)
                .map(WireMessage::text);
        boolean continuing = ending(fields) == Conversation.Ending.CONTINUED;
        if (continuing && last.isEmpty()) {
            throw ApiException.invalid(
                    "continue_final_message", "Only a last message of the assistant's can be continued.");
        }
        return new AnswerDetail(
                logprobs(fields),
                promptLogprobs(fields, stream),
                fields.bool("return_tokens_as_token_ids").orElse(false),
                fields.bool("return_token_ids").orElse(false),
                fields.bool("return_prompt_text").orElse(false),
                runningUsage,
                fields.bool("echo").orElse(false) ? last : Optional.empty(),
                continuing && !last.orElse("").isEmpty());
    }

    private static OptionalInt logprobs(JsonFields fields) {
        boolean wanted = fields.bool("logprobs").orElse(false);
        int top = fields.integer("top_logprobs", 0, MOST_TOP).orElse(0);
        if (top > 0 && !wanted) {
            throw ApiException.invalid("top_logprobs", "'top_logprobs' is only allowed when 'logprobs' is true.");
        }
        return wanted ? OptionalInt.of(top) : OptionalInt.empty();
    }

    private static OptionalInt promptLogprobs(JsonFields fields, boolean stream) {
        Optional<Integer> top = fields.integer("prompt_logprobs", 0, MOST_TOP);
        if (top.isPresent() && stream) {
            throw ApiException.invalid("prompt_logprobs", "'prompt_logprobs' cannot be streamed.");
        }
        return top.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    /** What follows the last message. */
    static Conversation.Ending ending(JsonFields fields) {
        boolean continued = fields.bool("continue_final_message").orElse(false);
        boolean generation = fields.bool("add_generation_prompt").orElse(!continued);
        if (continued && generation) {
            throw ApiException.invalid(
                    "continue_final_message",
                    "'continue_final_message' and 'add_generation_prompt' cannot both be true.");
        }
        if (continued) {
            return Conversation.Ending.CONTINUED;
        }
        return generation ? Conversation.Ending.ANSWER : Conversation.Ending.NOTHING;
    }
}
