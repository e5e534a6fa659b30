package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.chat.ContentPart;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Message;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WirePart;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Refuses text that no tokenization can fit into the context, before any time is spent on its tokens, and bounds how many
 * requests of many texts are tokenized at one time.
 */
final class TextLimit {

    private static final CpuWork CPU = CpuWork.onAQuarter("tokenize");

    private final int positions;
    private final long mostCharacters;

    TextLimit(ServedModel model) {
        this.positions = model.positions();
        this.mostCharacters = (long) positions * longestPiece(model.tokenizer());
    }

    private static int longestPiece(Tokenizer tokenizer) {
        int longest = 1;
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            longest = Math.max(longest, tokenizer.pieceBytes(id).length);
        }
        return longest;
    }

    /**
     * What becomes of each part of a request, one after the other while its client waits.
     *
     * @param texts in all of them; there may be thousands
     */
    <T, R> List<R> each(Client client, List<T> parts, int texts, Function<T, R> work) {
        Supplier<List<R>> all = () -> {
            List<R> results = new ArrayList<>();
            for (T part : parts) {
                results.add(work.apply(part));
                client.requirePresent();
            }
            return results;
        };
        return texts == 1 ? all.get() : CPU.run(client, all);
    }

    void require(Conversation conversation, String param) {
        long characters = 0;
        for (Message message : conversation.messages()) {
            for (ContentPart part : message.parts()) {
                characters += part instanceof ContentPart.Text(String text) ? text.length() : 0;
            }
        }
        require(characters, param);
    }

    /** The words of messages that no conversation is made of. */
    void require(List<WireMessage> messages, String param) {
        long characters = 0;
        for (WireMessage message : messages) {
            for (WirePart part : message.parts()) {
                characters += part instanceof WirePart.Text(String text) ? text.length() : 0;
            }
        }
        require(characters, param);
    }

    void require(String text, String param) {
        require(text.length(), param);
    }

    private void require(long characters, String param) {
        if (characters > mostCharacters) {
            throw ApiException.badRequest(
                    "context_length_exceeded",
                    param,
                    "This model's context has %d positions, which the prompt's %d characters can never fit."
                            .formatted(positions, characters));
        }
    }
}
