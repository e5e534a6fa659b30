package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.openai.CallScanner;
import dev.sharegpt4v.server.openai.MessagesWriter;
import java.util.ArrayList;
import java.util.List;

/** The events of one message in Anthropic's shape, in order: a text and calls, each a block of its own. */
final class MessagesTurn {

    private final TextGeneration text;
    private final MessagesWriter writer;
    private boolean begun;
    private int blocks;
    private boolean inText;
    private boolean inCall;

    MessagesTurn(TextGeneration text, MessagesWriter writer) {
        this.text = text;
        this.writer = writer;
    }

    /** The events of a fragment that was read just now. */
    List<JsonNode> pieces(String words) {
        List<JsonNode> events = new ArrayList<>();
        begin(events);
        if (!words.isEmpty()) {
            openText(events);
            events.add(writer.delta(blocks - 1, words));
        }
        for (CallScanner.Event event : text.calls().map(CallScanner::takeEvents).orElse(List.of())) {
            switch (event) {
                case CallScanner.Event.Began began -> {
                    close(events);
                    inCall = true;
                    events.add(writer.callStart(blocks++, began.id(), began.name()));
                }
                case CallScanner.Event.Arguments arguments ->
                    events.add(writer.arguments(blocks - 1, arguments.piece()));
            }
        }
        return events;
    }

    /** The last events. */
    List<JsonNode> end(MessagesWriter.End end) {
        List<JsonNode> events = new ArrayList<>();
        begin(events);
        if (blocks == 0) {
            openText(events);
        }
        close(events);
        events.add(writer.end(end, text.usage()));
        events.add(writer.stop());
        return events;
    }

    private void begin(List<JsonNode> events) {
        if (!begun) {
            begun = true;
            events.add(writer.start(text.usage()));
        }
    }

    private void openText(List<JsonNode> events) {
        if (!inText) {
            close(events);
            inText = true;
            events.add(writer.textStart(blocks++));
            if (blocks == 1) {
                events.add(writer.ping());
            }
        }
    }

    private void close(List<JsonNode> events) {
        if (inText || inCall) {
            events.add(writer.blockStop(blocks - 1));
        }
        inText = false;
        inCall = false;
    }
}
