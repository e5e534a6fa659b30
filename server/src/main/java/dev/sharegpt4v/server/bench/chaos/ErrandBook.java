package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.bench.RequestForm;
import dev.sharegpt4v.server.bench.mix.CommonWords;
import dev.sharegpt4v.server.bench.mix.SyntheticPicture;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Draws errands from one seed: the same ones in the same order, whoever takes them. Thread-safe.
 *
 * <p>New pictures are shown in the order of their numbers; repeated ones are of those shown lately, so that caches meet
 * hits as well as misses.
 */
final class ErrandBook {

    private static final JsonMapper JSON = new JsonMapper();
    private static final CommonWords WORDS = new CommonWords();
    private static final int LATELY = 64;
    private static final int SHORT = 8;
    private static final int LONG = 120;
    private static final int POSITIONS_A_WORD = 20;
    private static final List<String> QUESTIONS = List.of(
            "Describe this image.",
            "What do you see?",
            "Which colours are there?",
            "How many shapes are there?",
            "What is in the middle?");

    private final HttpText http;
    private final String model;
    private final ChaosPlan plan;
    private final int longest;
    private final List<Errand> nonsense;
    private final SplittableRandom random;
    private final BitSet shown;
    private long pictures;

    /** Errands for a model whose context has so many positions. */
    ErrandBook(HttpText http, String model, int context, ChaosPlan plan) {
        this.http = http;
        this.model = model;
        this.plan = plan;
        this.longest = Math.clamp(context / POSITIONS_A_WORD, SHORT, LONG);
        this.random = new SplittableRandom(plan.seed());
        this.shown = new BitSet(plan.pictures());
        this.nonsense = Nonsense.all(http, model, SyntheticPicture.jpeg(64, 64, plan.seed()));
    }

    /** What is drawn before anything is made of it. */
    private record Draw(Manner manner, int picture, long seed) {}

    /** The next errand. */
    Errand next() {
        Draw draw = draw();
        return draw.manner() == Manner.SENDS_NONSENSE
                ? nonsense.get((int) Long.remainderUnsigned(draw.seed(), nonsense.size()))
                : write(draw.manner(), draw.picture(), new SplittableRandom(draw.seed()));
    }

    /** A small errand of one of many that come at once. */
    Errand ofBurst() {
        long seed;
        synchronized (this) {
            seed = random.nextLong();
        }
        return write(Manner.BURSTS, -1, new SplittableRandom(seed));
    }

    private synchronized Draw draw() {
        Manner manner = manner();
        int picture = -1;
        if (manner != Manner.SENDS_NONSENSE && random.nextDouble() >= plan.textShare()) {
            boolean again = pictures > 0 && random.nextDouble() < plan.repeatShare();
            long number = again ? pictures - 1 - random.nextLong(Math.min(pictures, LATELY)) : pictures;
            picture = (int) (number % plan.pictures());
            // One who sends half has not shown it.
            if (manner != Manner.SENDS_HALF) {
                pictures += again ? 0 : 1;
                shown.set(picture);
            }
        }
        return new Draw(manner, picture, random.nextLong());
    }

    private Manner manner() {
        double at = random.nextDouble();
        if (at < 0.10) {
            return Manner.LEAVES_STREAM;
        } else if (at < 0.14) {
            return Manner.LEAVES_AT_ONCE;
        } else if (at < 0.17) {
            return Manner.SENDS_HALF;
        } else if (at < 0.27) {
            return Manner.SENDS_NONSENSE;
        }
        return at < 0.31 ? Manner.READS_SLOWLY : Manner.READS;
    }

    private Errand write(Manner manner, int picture, SplittableRandom own) {
        boolean stream = manner == Manner.READS_SLOWLY || manner == Manner.LEAVES_STREAM || own.nextBoolean();
        boolean greedy = own.nextInt(4) > 0;
        boolean wordy = picture < 0 && own.nextInt(3) == 0;
        // Repeated pictures often meet a repeated question.
        String words = picture >= 0
                ? QUESTIONS.get((picture + own.nextInt(2)) % QUESTIONS.size())
                : WORDS.ofTokens(wordy ? longest : SHORT, own);
        int most = manner == Manner.BURSTS ? 4 : 8 << own.nextInt(manner.leaves() ? 4 : 3);
        ObjectNode body = JSON.createObjectNode();
        body.put("model", model).put("max_tokens", most).put("stream", stream);
        body.put("temperature", greedy ? 0 : 1).put("ignore_eos", manner.leaves());
        ArrayNode content =
                body.putArray("messages").addObject().put("role", "user").putArray("content");
        if (picture >= 0) {
            content.addObject()
                    .put("type", "image_url")
                    .putObject("image_url")
                    .put("url", RequestForm.dataUri(jpeg(picture)));
        }
        content.addObject().put("type", "text").put("text", words);
        String what = "%d tokens about picture %d: %s".formatted(most, picture, words);
        return new Errand(manner, http.chat(body.toString()), what, greedy ? Optional.of(what) : Optional.empty());
    }

    /** A picture by its number; sizes differ too. */
    private byte[] jpeg(int picture) {
        SplittableRandom own = new SplittableRandom(plan.seed() * 31 + picture);
        int side = own.nextInt(10) == 0 ? 1200 : 320;
        return SyntheticPicture.jpeg(32 + own.nextInt(side), 32 + own.nextInt(side), plan.seed() + picture);
    }

    /** Different pictures that were shown so far. */
    synchronized int shown() {
        return shown.cardinality();
    }
}
