package dev.sharegpt4v.server.http;

import dev.sharegpt4v.runtime.engine.Beam;
import dev.sharegpt4v.runtime.engine.BeamSearch;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.engine.Usage;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.Choices;
import dev.sharegpt4v.server.openai.TextCompletionRequest;
import dev.sharegpt4v.server.openai.TextCompletionWriter;
import dev.sharegpt4v.server.openai.WireWriter.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** What comes after each of some prompts: one or several texts, drawn or searched, whole or streamed. */
final class TextAnswers {

    private final Completions completions;
    private final Duration pingInterval;

    TextAnswers(Completions completions, Duration pingInterval) {
        this.completions = completions;
        this.pingInterval = pingInterval;
    }

    /**
     * A prompt, as it runs and as it is echoed.
     *
     * @param prompt that runs
     * @param echo goes before each of its texts; often empty
     */
    record Begun(Prompt prompt, String echo) {}

    /** A text and what was before it. */
    private record Told(TextGeneration text, String echo) {}

    void give(Reply reply, TextCompletionWriter writer, List<Begun> prompts, TextCompletionRequest asked, Client client)
            throws InterruptedException {
        switch (asked.choices()) {
            case Choices.Sampled sampled -> sampled(reply, writer, prompts, asked, sampled, client);
            case Choices.Searched searched -> searched(reply, writer, prompts, asked, searched, client);
        }
    }

    private void sampled(
            Reply reply,
            TextCompletionWriter writer,
            List<Begun> prompts,
            TextCompletionRequest asked,
            Choices.Sampled choices,
            Client client)
            throws InterruptedException {
        boolean ranked = choices.candidates() > choices.count();
        List<List<TextGeneration>> all = new ArrayList<>();
        try {
            for (Begun begun : prompts) {
                List<TextGeneration> texts = completions.start(
                        writer.head().id() + "-" + all.size(),
                        begun.prompt(),
                        asked.options(),
                        choices.candidates(),
                        ranked,
                        Optional::empty);
                all.add(texts);
                texts.forEach(text -> client.onGone(text::close));
            }
            if (asked.options().stream()) {
                stream(reply, writer, prompts, all, asked.options().streamUsage());
            } else {
                whole(reply, writer, prompts, all, choices.count());
            }
        } finally {
            all.forEach(texts -> texts.forEach(TextGeneration::close));
        }
    }

    /** A finished text and by what it is ranked. */
    private record Candidate(Choice choice, double meanLogprob) {}

    private static void whole(
            Reply reply, TextCompletionWriter writer, List<Begun> prompts, List<List<TextGeneration>> all, int count)
            throws InterruptedException {
        List<Choice> choices = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            List<Candidate> said = new ArrayList<>();
            for (TextGeneration text : all.get(i)) {
                String words = prompts.get(i).echo() + text.rest();
                said.add(new Candidate(new Choice(words, text.finishReason()), text.meanLogprob()));
            }
            if (count < said.size()) {
                said.sort(Comparator.comparingDouble(Candidate::meanLogprob).reversed());
            }
            said.stream().limit(count).map(Candidate::choice).forEach(choices::add);
        }
        reply.send(writer.completion(choices, usage(all)));
    }

    private void stream(
            Reply reply,
            TextCompletionWriter writer,
            List<Begun> prompts,
            List<List<TextGeneration>> all,
            boolean withUsage)
            throws InterruptedException {
        List<Told> told = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            for (TextGeneration text : all.get(i)) {
                told.add(new Told(text, prompts.get(i).echo()));
            }
        }
        List<TextGeneration> texts = told.stream().map(Told::text).toList();
        try (EventStream events = reply.events(pingInterval)) {
            try {
                TextsTogether.tell(texts, events, (index, text) -> {
                    String before = told.get(index).echo();
                    for (Optional<String> part = text.next(); part.isPresent(); part = text.next()) {
                        events.send(writer.chunk(index, before + part.get(), Optional.empty(), withUsage));
                        before = "";
                    }
                    events.send(writer.chunk(index, before, Optional.of(text.finishReason()), withUsage));
                });
                if (withUsage) {
                    events.send(writer.usageChunk(usage(all)));
                }
                events.sendDone();
            } catch (ApiException e) {
                events.sendError(e);
            }
        }
    }

    private void searched(
            Reply reply,
            TextCompletionWriter writer,
            List<Begun> prompts,
            TextCompletionRequest asked,
            Choices.Searched choices,
            Client client)
            throws InterruptedException {
        List<Choice> best = new ArrayList<>();
        Usage total = new Usage(0, 0, 0, 0);
        for (Begun begun : prompts) {
            List<Beam> beams;
            BeamSearch search;
            try (Completions.Search admitted = completions.search(
                    writer.head().id() + "-" + best.size(), begun.prompt(), asked.options(), choices.beams())) {
                search = admitted.beams();
                client.onGone(search::cancel);
                beams = run(search);
            }
            for (Beam beam : beams.subList(0, Math.min(choices.count(), beams.size()))) {
                Choice choice = ChatAnswers.choice(beam, completions.decoder(begun.prompt(), asked.options()));
                best.add(new Choice(begun.echo() + choice.text(), choice.finishReason()));
            }
            int tokens = beams.stream().mapToInt(beam -> beam.tokens().size()).sum();
            total = sum(total, new Usage(begun.prompt().length(), 0, search.cachedTokens(), tokens));
        }
        reply.send(writer.completion(best, total));
    }

    private static List<Beam> run(BeamSearch search) throws InterruptedException {
        try {
            return search.run();
        } catch (CancellationException _) {
            throw ApiException.clientGone();
        } catch (EngineException e) {
            throw Completions.answer(e);
        }
    }

    private static Usage usage(List<List<TextGeneration>> all) {
        Usage total = new Usage(0, 0, 0, 0);
        for (List<TextGeneration> texts : all) {
            total = sum(total, ChatAnswers.usage(texts));
        }
        return total;
    }

    private static Usage sum(Usage one, Usage other) {
        return new Usage(
                one.promptTokens() + other.promptTokens(),
                one.imageTokens() + other.imageTokens(),
                one.cachedTokens() + other.cachedTokens(),
                one.completionTokens() + other.completionTokens());
    }
}
