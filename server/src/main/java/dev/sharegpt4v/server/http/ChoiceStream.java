package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.WireWriter;
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
        TextsTogether.tell(texts, events, this::tell);
    }

    private void tell(int index, TextGeneration text) throws InterruptedException {
        ChoiceTurn turn = new ChoiceTurn(index, text, writer, form);
        // The role waits for the first real text: a client that times its arrival measures the truth.
        for (Optional<String> part = text.next(); part.isPresent(); part = text.next()) {
            events.send(turn.pieces(part.get()));
        }
        events.send(turn.end());
    }
}
