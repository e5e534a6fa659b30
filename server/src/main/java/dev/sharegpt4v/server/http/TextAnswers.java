package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.engine.Beam;
import dev.sharegpt4v.runtime.engine.BeamSearch;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.engine.Usage;
import dev.sharegpt4v.runtime.sampling.TokenLogprobs;
import dev.sharegpt4v.server.openai.AnswerDetail;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.Choices;
import dev.sharegpt4v.server.openai.LogprobWriter;
import dev.sharegpt4v.server.openai.SaidToken;
import dev.sharegpt4v.server.openai.TextCompletionRequest;
import dev.sharegpt4v.server.openai.TextCompletionWriter;
import dev.sharegpt4v.server.openai.TextCompletionWriter.TextChoice;
import dev.sharegpt4v.server.openai.TextLogprobs;
import dev.sharegpt4v.server.openai.WireWriter.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What comes after each of some prompts: one or several texts, drawn or searched, whole or streamed. */
final class TextAnswers {

    private final Completions completions;
    private final Tokenizer tokenizer;
    private final Duration pingInterval;

    TextAnswers(Completions completions, Tokenizer tokenizer, Duration pingInterval) {
        this.completions = completions;
        this.tokenizer = tokenizer;
        this.pingInterval = pingInterval;
    }

    /**
     * A prompt, as it runs and as it is echoed.
     *
     * @param prompt that runs
     * @param echo goes before each of its texts; often empty
     */
    record Begun(Prompt prompt, String echo) {}

    /** Told of one text, with what is before it. */
    private record Told(TextGeneration text, String echo, TextLogprobs logprobs) {}

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
                stream(reply, writer, prompts, all, asked);
            } else {
                whole(reply, writer, prompts, all, choices.count(), asked);
            }
        } finally {
            all.forEach(texts -> texts.forEach(TextGeneration::close));
        }
    }

    private void whole(
            Reply reply,
            TextCompletionWriter writer,
            List<Begun> prompts,
            List<List<TextGeneration>> all,
            int count,
            TextCompletionRequest asked)
            throws InterruptedException {
        List<TextChoice> choices = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            List<Candidate<TextChoice>> said = new ArrayList<>();
            for (TextGeneration text : all.get(i)) {
                TextGeneration scored = all.get(i).getFirst();
                said.add(new Candidate<>(choice(text, scored, prompts.get(i), asked), text.meanLogprob()));
            }
            choices.addAll(Candidate.best(said, count));
        }
        Usage usage = usage(all);
        Usage told =
                asked.silent() ? new Usage(usage.promptTokens(), usage.imageTokens(), usage.cachedTokens(), 0) : usage;
        reply.send(writer.completion(choices, told));
    }

    /** A whole text; {@code scored} is the one of its prompt that knows how likely the prompt was. */
    private TextChoice choice(TextGeneration text, TextGeneration scored, Begun begun, TextCompletionRequest asked)
            throws InterruptedException {
        AnswerDetail detail = asked.options().detail();
        String rest = text.rest();
        String words = asked.silent() ? "" : rest;
        List<SaidToken> said = asked.silent() ? List.of() : text.takeSaid();
        List<Integer> ids = asked.silent() ? List.of() : text.takeIds();
        LogprobWriter writer = new LogprobWriter(tokenizer, detail.tokensAsIds());
        List<Optional<TokenLogprobs>> prompt = asked.echo() ? scored.promptLogprobs() : List.of();
        return new TextChoice(
                new Choice(
                        begun.echo() + words,
                        asked.silent() ? "length" : text.finishReason(),
                        detail.logprobs().isPresent()
                                ? Optional.of(logprobs(begun, detail).next(prompt, said))
                                : Optional.empty(),
                        detail.tokenIds() ? Optional.of(ids) : Optional.empty(),
                        List.of()),
                asked.tellsPrompt()
                        ? Optional.of(writer.prompt(
                                scored.promptLogprobs(), begun.prompt().tokens()))
                        : Optional.empty(),
                detail.tokenIds()
                        ? Optional.of(
                                Arrays.stream(begun.prompt().tokens()).boxed().toList())
                        : Optional.empty());
    }

    private TextLogprobs logprobs(Begun begun, AnswerDetail detail) {
        return new TextLogprobs(
                new LogprobWriter(tokenizer, detail.tokensAsIds()),
                tokenizer,
                begun.prompt().tokens());
    }

    private void stream(
            Reply reply,
            TextCompletionWriter writer,
            List<Begun> prompts,
            List<List<TextGeneration>> all,
            TextCompletionRequest asked)
            throws InterruptedException {
        AnswerDetail detail = asked.options().detail();
        List<Told> told = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            for (TextGeneration text : all.get(i)) {
                told.add(new Told(text, prompts.get(i).echo(), logprobs(prompts.get(i), detail)));
            }
        }
        List<TextGeneration> texts = told.stream().map(Told::text).toList();
        try (EventStream events = reply.events(pingInterval)) {
            try {
                TextsTogether.tell(texts, events, (index, text) -> {
                    Told one = told.get(index);
                    String before = one.echo();
                    for (Optional<String> part = text.next(); part.isPresent(); part = text.next()) {
                        events.send(
                                writer.chunk(index, piece(one, before + part.get(), "", asked), usage(text, asked)));
                        before = "";
                    }
                    events.send(
                            writer.chunk(index, piece(one, before, text.finishReason(), asked), usage(text, asked)));
                });
                if (asked.options().streamUsage()) {
                    events.send(writer.usageChunk(usage(all)));
                }
                events.sendDone();
            } catch (ApiException e) {
                events.sendError(e);
            }
        }
    }

    private static Choice piece(Told told, String words, String finishReason, TextCompletionRequest asked) {
        AnswerDetail detail = asked.options().detail();
        List<SaidToken> said = told.text().takeSaid();
        List<Integer> ids = told.text().takeIds();
        return new Choice(
                words,
                finishReason,
                detail.logprobs().isPresent() && !said.isEmpty()
                        ? Optional.of(told.logprobs().next(List.of(), said))
                        : Optional.empty(),
                detail.tokenIds() ? Optional.of(ids) : Optional.empty(),
                List.of());
    }

    private static Optional<JsonNode> usage(TextGeneration text, TextCompletionRequest asked) {
        if (asked.options().detail().runningUsage()) {
            return Optional.of(TextCompletionWriter.soFar(text.usage()));
        }
        return asked.options().streamUsage() ? Optional.of(TextCompletionWriter.later()) : Optional.empty();
    }

    private void searched(
            Reply reply,
            TextCompletionWriter writer,
            List<Begun> prompts,
            TextCompletionRequest asked,
            Choices.Searched choices,
            Client client)
            throws InterruptedException {
        List<TextChoice> best = new ArrayList<>();
        Usage total = new Usage(0, 0, 0, 0);
        for (Begun begun : prompts) {
            List<Beam> beams;
            BeamSearch search;
            try (Completions.Search admitted = completions.search(
                    writer.head().id() + "-" + best.size(), begun.prompt(), asked.options(), choices.beams())) {
                search = admitted.beams();
                client.onGone(search::cancel);
                beams = admitted.run();
            }
            for (Beam beam : beams.subList(0, Math.min(choices.count(), beams.size()))) {
                Choice choice = ChatAnswers.choice(beam, completions.decoder(begun.prompt(), asked.options()));
                best.add(new TextChoice(new Choice(begun.echo() + choice.text(), choice.finishReason())));
            }
            int tokens = beams.stream().mapToInt(beam -> beam.tokens().size()).sum();
            total = sum(total, new Usage(begun.prompt().length(), 0, search.cachedTokens(), tokens));
        }
        reply.send(writer.completion(best, total));
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
