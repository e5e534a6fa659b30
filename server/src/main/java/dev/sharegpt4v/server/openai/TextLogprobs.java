package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.sampling.TokenLogprobs;
import java.util.List;
import java.util.Optional;

/**
 * The logprobs of one text in the shape of older completions, piece by piece. Offsets count the characters (code points) of
 * the text before a token, an echoed prompt included.
 */
public final class TextLogprobs {

    private static final JsonMapper JSON = new JsonMapper();

    private final LogprobWriter words;
    private final Tokenizer tokenizer;
    private final int[] prompt;
    private boolean atStart = true;
    private int offset;

    /** For a text that comes after a prompt. */
    public TextLogprobs(LogprobWriter words, Tokenizer tokenizer, int[] prompt) {
        this.words = words;
        this.tokenizer = tokenizer;
        this.prompt = prompt.clone();
    }

    /**
     * The next piece of the text.
     *
     * @param echoed what is known of the prompt, where the piece begins with it; else none
     */
    public JsonNode next(List<Optional<TokenLogprobs>> echoed, List<SaidToken> said) {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode tokens = root.putArray("tokens");
        ArrayNode logprobs = root.putArray("token_logprobs");
        ArrayNode top = root.putArray("top_logprobs");
        ArrayNode offsets = root.putArray("text_offset");
        if (atStart && offset == 0 && echoed.isEmpty()) {
            // The prompt is no part of the text, but the text goes on after it.
            for (int id : prompt) {
                characters(id);
            }
            offset = 0;
        }
        for (int i = 0; i < echoed.size(); i++) {
            tokens.add(words.text(prompt[i]));
            offsets.add(offset);
            offset += characters(prompt[i]);
            if (echoed.get(i).isPresent()) {
                logprobs.add(LogprobWriter.told(echoed.get(i).get().logprob()));
                top.add(likeliest(prompt[i], echoed.get(i).get()));
            } else {
                logprobs.addNull();
                top.addNull();
            }
        }
        for (SaidToken token : said) {
            tokens.add(words.text(token.id()));
            offsets.add(offset);
            offset += characters(token.id());
            logprobs.add(LogprobWriter.told(token.logprobs().logprob()));
            top.add(likeliest(token.id(), token.logprobs()));
        }
        return root;
    }

    /** The likeliest tokens and the one that was taken; of those that look alike the likeliest. */
    private JsonNode likeliest(int id, TokenLogprobs found) {
        ObjectNode all = JSON.createObjectNode();
        for (int i = 0; i < found.ids().length; i++) {
            all.putIfAbsent(
                    words.text(found.ids()[i]),
                    JSON.getNodeFactory().numberNode(LogprobWriter.told(found.logprobs()[i])));
        }
        all.putIfAbsent(words.text(id), JSON.getNodeFactory().numberNode(LogprobWriter.told(found.logprob())));
        return all;
    }

    /** Characters that begin with a token; the dummy prefix's space at the start of all is none. */
    private int characters(int id) {
        byte[] bytes = tokenizer.pieceBytes(id);
        int count = 0;
        for (byte value : bytes) {
            count += (value & 0xc0) == 0x80 ? 0 : 1;
        }
        if (atStart && bytes.length > 0) {
            atStart = false;
            count -= bytes[0] == ' ' ? 1 : 0;
        }
        return count;
    }
}
