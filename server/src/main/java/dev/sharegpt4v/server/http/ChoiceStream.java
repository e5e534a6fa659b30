package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.WireWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The texts of one answer as chunks, each text's as they come; the chunks say by their index whose they are. */
final class ChoiceStream {

    private final EventStream events;
    private final WireWriter writer;
    private final ChatForm form;

    ChoiceStream(EventStream events, WireWriter writer, ChatForm form) {
        this.events = events;
        this.writer = writer;
        this.form = form;
    }

    /**
     * Sends all texts to their ends.
     *
     * @throws ApiException when one of them fails; the others are closed then, and nothing more of them is sent
     */
    void tell(List<TextGeneration> texts) throws InterruptedException {
        Beginnings beginnings = new Beginnings(texts.size());
        TextsTogether.tell(texts, events, (index, text) -> {
            try {
                tell(index, text, beginnings);
            } finally {
                beginnings.begun(index);
            }
        });
    }

    private void tell(int index, TextGeneration text, Beginnings beginnings) throws InterruptedException {
        ChoiceTurn turn = new ChoiceTurn(index, text, writer, form);
        // The role waits for the first real text: a client that times its arrival measures the truth.
        for (Optional<String> part = text.next(); part.isPresent(); part = text.next()) {
            JsonNode[] pieces = turn.pieces(part.get());
            beginnings.awaitTurn(index);
            events.send(pieces);
            beginnings.begun(index);
        }
        JsonNode[] end = turn.end();
        int last = end.length - 1;
        if (last > 0) {
            beginnings.awaitTurn(index);
            events.send(Arrays.copyOf(end, last));
        }
        beginnings.begun(index);
        beginnings.awaitAll();
        events.send(end[last]);
    }
}
