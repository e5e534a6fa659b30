package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.CallScanner;
import dev.sharegpt4v.server.openai.ResponsesWriter;
import dev.sharegpt4v.server.openai.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** One response, whole or as its events in order: a message and calls, each an item of its own. */
final class ResponsesTurn {

    private static final String OPEN = "in_progress";

    private final ResponsesWriter writer;
    private final String messageId;
    private final List<JsonNode> output = new ArrayList<>();
    private final StringBuilder words = new StringBuilder();
    private final StringBuilder arguments = new StringBuilder();
    private boolean begun;
    private boolean inText;
    private boolean inCall;
    private String callId = "";
    private String callName = "";

    ResponsesTurn(ResponsesWriter writer, String messageId) {
        this.writer = writer;
        this.messageId = messageId;
    }

    /** The whole response; without calls there is always a message. */
    JsonNode whole(TextGeneration text, LongSupplier now) throws InterruptedException {
        String said = text.rest();
        String status = ResponsesWriter.status(text.finishReason());
        List<ToolCall> calls = text.calls().map(CallScanner::calls).orElse(List.of());
        if (!said.isEmpty() || calls.isEmpty()) {
            output.add(ResponsesWriter.message(messageId, said, status));
        }
        calls.forEach(call -> output.add(ResponsesWriter.call(itemId(call.id()), call, status)));
        return writer.response(output, text.finishReason(), text.usage(), now.getAsLong());
    }

    /** The events of a fragment that was read just now. */
    List<JsonNode> pieces(TextGeneration text, String piece) {
        List<JsonNode> events = new ArrayList<>();
        begin(events);
        if (!piece.isEmpty()) {
            openText(events);
            words.append(piece);
            events.add(writer.delta(output.size(), messageId, piece));
        }
        for (CallScanner.Event event : text.calls().map(CallScanner::takeEvents).orElse(List.of())) {
            switch (event) {
                case CallScanner.Event.Began began -> openCall(events, began);
                case CallScanner.Event.Arguments more -> {
                    arguments.append(more.piece());
                    events.add(writer.arguments(output.size(), itemId(callId), more.piece()));
                }
            }
        }
        return events;
    }

    /** The last events. */
    List<JsonNode> end(TextGeneration text, long now) {
        List<JsonNode> events = new ArrayList<>();
        begin(events);
        if (output.isEmpty() && !inCall) {
            openText(events);
        }
        close(events, ResponsesWriter.status(text.finishReason()));
        events.add(writer.ended(output, text.finishReason(), text.usage(), now));
        return events;
    }

    JsonNode failed(ApiException error) {
        return writer.failed(error);
    }

    private void begin(List<JsonNode> events) {
        if (!begun) {
            begun = true;
            events.add(writer.created());
            events.add(writer.inProgress());
        }
    }

    private void openText(List<JsonNode> events) {
        if (!inText) {
            close(events, "completed");
            inText = true;
            events.add(writer.itemAdded(output.size(), ResponsesWriter.emptyMessage(messageId)));
            events.add(writer.partAdded(output.size(), messageId));
        }
    }

    private void openCall(List<JsonNode> events, CallScanner.Event.Began began) {
        close(events, "completed");
        inCall = true;
        callId = began.id();
        callName = began.name();
        arguments.setLength(0);
        ToolCall call = new ToolCall(callId, callName, "");
        events.add(writer.itemAdded(output.size(), ResponsesWriter.call(itemId(callId), call, OPEN)));
    }

    private void close(List<JsonNode> events, String status) {
        int index = output.size();
        if (inText) {
            String said = words.toString();
            events.add(writer.textDone(index, messageId, said));
            events.add(writer.partDone(index, messageId, said));
            end(events, ResponsesWriter.message(messageId, said, status));
        } else if (inCall) {
            ToolCall call = new ToolCall(callId, callName, arguments.toString());
            events.add(writer.argumentsDone(index, itemId(callId), call));
            end(events, ResponsesWriter.call(itemId(callId), call, status));
        }
        inText = false;
        inCall = false;
    }

    private void end(List<JsonNode> events, JsonNode item) {
        events.add(writer.itemDone(output.size(), item));
        output.add(item);
    }

    /** An item has an id of its own beside that of its call. */
    private static String itemId(String callId) {
        return "fc_" + callId;
    }
}
