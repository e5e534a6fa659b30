package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.text.AnswerDecoder;
import dev.sharegpt4v.runtime.engine.Beam;
import dev.sharegpt4v.runtime.engine.FinishReason;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.engine.Usage;
import dev.sharegpt4v.server.openai.CallScanner;
import dev.sharegpt4v.server.openai.Choices;
import dev.sharegpt4v.server.openai.PromptReport;
import dev.sharegpt4v.server.openai.ToolCall;
import dev.sharegpt4v.server.openai.WireWriter;
import dev.sharegpt4v.server.openai.WireWriter.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The answers to one prompt: one or several, drawn or searched, whole or streamed. */
final class ChatAnswers {

    private final Completions completions;

    ChatAnswers(Completions completions) {
        this.completions = completions;
    }

    /** Answers in one piece. */
    void give(Reply reply, WireWriter writer, ChatForm form, Choices choices, Client client)
            throws InterruptedException {
        switch (choices) {
            case Choices.Sampled sampled -> {
                List<TextGeneration> texts = start(writer, form, sampled, client);
                try {
                    whole(reply, writer, texts, sampled.count(), form);
                } finally {
                    texts.forEach(TextGeneration::close);
                }
            }
            case Choices.Searched searched -> searched(reply, writer, form, searched, client);
        }
    }

    /** Answers by events. */
    void stream(EventStream events, WireWriter writer, ChatForm form, Choices.Sampled choices, Client client)
            throws InterruptedException {
        List<TextGeneration> texts = start(writer, form, choices, client);
        try {
            new ChoiceStream(events, writer, form).tell(texts);
            if (form.options().streamUsage()) {
                events.send(writer.usageChunk(usage(texts)));
            }
            events.sendDone();
        } finally {
            texts.forEach(TextGeneration::close);
        }
    }

    private List<TextGeneration> start(WireWriter writer, ChatForm form, Choices.Sampled choices, Client client) {
        boolean ranked = choices.candidates() > choices.count();
        List<TextGeneration> texts = completions.start(
                writer.id(), form.prompt(), form.options(), choices.candidates(), ranked, form::scanner);
        texts.forEach(text -> client.onGone(text::close));
        return texts;
    }

    private static void whole(Reply reply, WireWriter writer, List<TextGeneration> texts, int count, ChatForm form)
            throws InterruptedException {
        List<Candidate<Choice>> said = new ArrayList<>();
        for (TextGeneration text : texts) {
            said.add(new Candidate<>(choice(text, form), text.meanLogprob()));
        }
        List<Choice> best = Candidate.best(said, count);
        reply.send(writer.completion(best, usage(texts), form.report(texts.getFirst())));
    }

    private static Choice choice(TextGeneration text, ChatForm form) throws InterruptedException {
        String words = text.rest();
        return new Choice(
                form.words(words),
                text.finishReason(),
                form.told(text.takeSaid()),
                form.detail().tokenIds() ? Optional.of(text.takeIds()) : Optional.empty(),
                text.calls().map(CallScanner::calls).orElse(List.of()));
    }

    private void searched(Reply reply, WireWriter writer, ChatForm form, Choices.Searched choices, Client client)
            throws InterruptedException {
        try (Completions.Search search =
                completions.search(writer.id(), form.prompt(), form.options(), choices.beams())) {
            client.onGone(search.beams()::cancel);
            List<Beam> beams = search.run();
            List<Choice> best = beams.stream()
                    .limit(choices.count())
                    .map(beam -> choice(beam, completions.decoder(form.prompt(), form.options()), form))
                    .toList();
            int tokens = beams.stream().mapToInt(beam -> beam.tokens().size()).sum();
            Prompt prompt = form.prompt();
            Usage usage = new Usage(
                    prompt.length(), prompt.imagePositions(), search.beams().cachedTokens(), tokens);
            PromptReport report = new PromptReport(
                    Optional.empty(),
                    form.detail().tokenIds() ? Optional.of(prompt.tokens()) : Optional.empty(),
                    form.promptText());
            reply.send(writer.completion(best, usage, report));
        }
    }

    /** The text of a beam. */
    static Choice choice(Beam beam, AnswerDecoder decoder) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < beam.tokens().size() && !decoder.isStopped(); i++) {
            text.append(decoder.append(beam.tokens().get(i)));
        }
        if (!decoder.isStopped()) {
            text.append(decoder.finish());
        }
        FinishReason reason = decoder.isStopped() ? FinishReason.STOP : beam.reason();
        return new Choice(text.toString(), TextGeneration.name(reason));
    }

    private static Choice choice(Beam beam, AnswerDecoder decoder, ChatForm form) {
        Choice plain = choice(beam, decoder);
        Optional<CallScanner> scanner = form.scanner();
        String words = scanner.map(found -> found.append(plain.text()) + found.finish())
                .orElse(plain.text());
        List<ToolCall> calls = scanner.map(CallScanner::calls).orElse(List.of());
        return new Choice(
                form.words(words),
                plain.finishReason().equals("stop") && !calls.isEmpty() ? "tool_calls" : plain.finishReason(),
                Optional.empty(),
                form.detail().tokenIds() ? Optional.of(beam.tokens()) : Optional.empty(),
                calls);
    }

    /** The prompt counts once, whatever was made of it; what only some found in the cache, the others computed for them. */
    static Usage usage(List<TextGeneration> texts) {
        Usage first = texts.getFirst().usage();
        int cached = first.cachedTokens();
        int completion = 0;
        for (TextGeneration text : texts) {
            cached = Math.min(cached, text.usage().cachedTokens());
            completion += text.usage().completionTokens();
        }
        return new Usage(first.promptTokens(), first.imageTokens(), cached, completion);
    }
}
