package dev.sharegpt4v.server.http;

import dev.sharegpt4v.runtime.engine.GenerationEvent;
import dev.sharegpt4v.server.openai.SaidToken;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Which tokens a text shows so far: a token is shown with the first of its characters, so that tokens that are held back, cut
 * off or end the text are told with the text or not at all.
 */
final class TokenTrail {

    private record Waiting(SaidToken token, int start) {}

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private List<SaidToken> said = new ArrayList<>();
    private List<Integer> ids = new ArrayList<>();
    private int shown;

    /**
     * A token was sampled.
     *
     * @param start where its characters begin in the decoded text
     * @param isEnd whether it ends the text and has no characters
     */
    void add(GenerationEvent.Token token, int start, boolean isEnd) {
        ids.add(token.id());
        if (!isEnd && token.logprobs().isPresent()) {
            waiting.add(new Waiting(new SaidToken(token.id(), token.logprobs().get()), start));
        }
    }

    /** So many more characters are shown. */
    void reach(int characters) {
        shown += characters;
        while (!waiting.isEmpty() && waiting.getFirst().start() < shown) {
            said.add(waiting.removeFirst().token());
        }
    }

    /** Everything is shown. */
    void reachAll() {
        waiting.forEach(left -> said.add(left.token()));
        waiting.clear();
    }

    List<SaidToken> takeSaid() {
        List<SaidToken> taken = said;
        said = new ArrayList<>();
        return taken;
    }

    List<Integer> takeIds() {
        List<Integer> taken = ids;
        ids = new ArrayList<>();
        return taken;
    }
}
