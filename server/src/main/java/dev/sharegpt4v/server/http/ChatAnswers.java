package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.text.AnswerDecoder;
import dev.sharegpt4v.runtime.engine.Beam;
import dev.sharegpt4v.runtime.engine.BeamSearch;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.FinishReason;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.engine.Usage;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.ChatCompletionRequest;
import dev.sharegpt4v.server.openai.Choices;
import dev.sharegpt4v.server.openai.CompletionOptions;
import dev.sharegpt4v.server.openai.WireWriter;
import dev.sharegpt4v.server.openai.WireWriter.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;

/** The answers to one prompt: one or several, drawn or searched, whole or streamed. */
final class ChatAnswers {

    private final Completions completions;
    private final Duration pingInterval;

    ChatAnswers(Completions completions, Duration pingInterval) {
        this.completions = completions;
        this.pingInterval = pingInterval;
    }

    void give(Reply reply, WireWriter writer, Prompt prompt, ChatCompletionRequest chat, Client client)
            throws InterruptedException {
        switch (chat.choices()) {
            case Choices.Sampled sampled -> sampled(reply, writer, prompt, chat.options(), sampled, client);
            case Choices.Searched searched -> searched(reply, writer, prompt, chat.options(), searched, client);
        }
    }

    private void sampled(
            Reply reply,
            WireWriter writer,
            Prompt prompt,
            CompletionOptions options,
            Choices.Sampled choices,
            Client client)
            throws InterruptedException {
        boolean ranked = choices.candidates() > choices.count();
        List<TextGeneration> texts = completions.start(
                writer.id(), prompt, options, choices.candidates(), ranked ? OptionalInt.of(0) : OptionalInt.empty());
        try {
            texts.forEach(text -> client.onGone(text::close));
            if (options.stream()) {
                stream(reply, writer, texts, options.streamUsage());
            } else {
                whole(reply, writer, texts, choices.count());
            }
        } finally {
            texts.forEach(TextGeneration::close);
        }
    }

    /** A finished text and by what it is ranked. */
    private record Candidate(Choice choice, double meanLogprob) {}

    private static void whole(Reply reply, WireWriter writer, List<TextGeneration> texts, int count)
            throws InterruptedException {
        List<Candidate> said = new ArrayList<>();
        for (TextGeneration text : texts) {
            String words = text.rest();
            said.add(new Candidate(new Choice(words, text.finishReason()), text.meanLogprob()));
        }
        if (count < said.size()) {
            said.sort(Comparator.comparingDouble(Candidate::meanLogprob).reversed());
        }
        List<Choice> best = said.stream().limit(count).map(Candidate::choice).toList();
        reply.send(writer.completion(best, usage(texts)));
    }

    private void stream(Reply reply, WireWriter writer, List<TextGeneration> texts, boolean withUsage)
            throws InterruptedException {
        try (EventStream events = reply.events(pingInterval)) {
            try {
                new ChoiceStream(events, writer, withUsage).tell(texts);
                if (withUsage) {
                    events.send(writer.usageChunk(usage(texts)));
                }
                events.sendDone();
            } catch (ApiException e) {
                events.sendError(e);
            }
        }
    }

    private void searched(
            Reply reply,
            WireWriter writer,
            Prompt prompt,
            CompletionOptions options,
            Choices.Searched choices,
            Client client)
            throws InterruptedException {
        BeamSearch search = completions.search(writer.id(), prompt, options, choices.beams());
        client.onGone(search::cancel);
        List<Beam> beams;
        try {
            beams = search.run();
        } catch (CancellationException _) {
            throw ApiException.clientGone();
        } catch (EngineException e) {
            throw Completions.answer(e);
        }
        List<Choice> best = beams.stream()
                .limit(choices.count())
                .map(beam -> choice(beam, completions.decoder(prompt, options)))
                .toList();
        int tokens = beams.stream().mapToInt(beam -> beam.tokens().size()).sum();
        Usage usage = new Usage(prompt.length(), prompt.imagePositions(), search.cachedTokens(), tokens);
        reply.send(writer.completion(best, usage));
    }

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
