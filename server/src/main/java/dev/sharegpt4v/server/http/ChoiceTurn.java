package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.openai.CallScanner;
import dev.sharegpt4v.server.openai.ChatChunk;
import dev.sharegpt4v.server.openai.SaidToken;
import dev.sharegpt4v.server.openai.WireWriter;
import java.util.ArrayList;
import java.util.List;

/** The chunks of one text, in order: the role, words and calls, the end. */
final class ChoiceTurn {

    private final int index;
    private final TextGeneration text;
    private final WireWriter writer;
    private final ChatForm form;
    private boolean begun;

    ChoiceTurn(int index, TextGeneration text, WireWriter writer, ChatForm form) {
        this.index = index;
        this.text = text;
        this.writer = writer;
        this.form = form;
    }

    /** The chunks of a fragment that was read just now. */
    JsonNode[] pieces(String words) {
        List<CallScanner.Event> calls =
                text.calls().map(CallScanner::takeEvents).orElse(List.of());
        List<ChatChunk> chunks = new ArrayList<>();
        if (!words.isEmpty()) {
            chunks.add(chunk().text(words));
        }
        for (CallScanner.Event event : calls) {
            chunks.add(call(
                    event, !begun && chunks.isEmpty() && form.detail().echo().isEmpty()));
        }
        tell(chunks.getFirst());
        begin(chunks, words.isEmpty() && form.detail().echo().isEmpty());
        return json(chunks);
    }

    /** The last chunk, and those that must come before it. */
    JsonNode[] end() {
        ChatChunk end = chunk().end(text.finishReason());
        tell(end);
        List<ChatChunk> chunks = new ArrayList<>(List.of(end));
        begin(chunks, false);
        return json(chunks);
    }

    private ChatChunk call(CallScanner.Event event, boolean first) {
        ChatChunk chunk = first ? chunk().role(false) : chunk();
        return switch (event) {
            case CallScanner.Event.Began(int call, String id, String name) -> chunk.call(call, id, name);
            case CallScanner.Event.Arguments(int call, String piece) -> chunk.arguments(call, piece);
        };
    }

    /** Puts the role, and what is echoed, before the first chunks; a call that comes first has the role itself. */
    private void begin(List<ChatChunk> chunks, boolean hasRole) {
        if (begun) {
            return;
        }
        begun = true;
        form.detail().echo().filter(echo -> !echo.isEmpty()).ifPresent(echo -> chunks.addFirst(chunk().text(echo)));
        if (!hasRole) {
            chunks.addFirst(chunk().role(true));
        }
        if (index == 0) {
            chunks.getFirst().prompt(form.report(text));
        }
    }

    /** What was said since the chunk before. */
    private void tell(ChatChunk chunk) {
        List<SaidToken> said = text.takeSaid();
        if (!said.isEmpty()) {
            form.told(said).ifPresent(chunk::logprobs);
        }
        List<Integer> ids = text.takeIds();
        if (form.detail().tokenIds()) {
            chunk.tokenIds(ids);
        }
    }

    private ChatChunk chunk() {
        ChatChunk chunk = writer.chunk(index);
        if (form.detail().runningUsage()) {
            return chunk.usage(text.usage());
        }
        return form.options().streamUsage() ? chunk.usageLater() : chunk;
    }

    private static JsonNode[] json(List<ChatChunk> chunks) {
        return chunks.stream().map(ChatChunk::json).toArray(JsonNode[]::new);
    }
}
